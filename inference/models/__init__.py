"""Running: pools, deployments, predictions, webhooks."""

from inference.models.deployment import Deployment, DeploymentState, Pool
from inference.models.prediction import FINAL, Prediction, PredictionPiece, PredictionStatus
from inference.models.webhook import WebhookDelivery, WebhookSecret

__all__ = [
    "FINAL",
    "Deployment",
    "DeploymentState",
    "Pool",
    "Prediction",
    "PredictionPiece",
    "PredictionStatus",
    "WebhookDelivery",
    "WebhookSecret",
]
