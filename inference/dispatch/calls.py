"""Calls that workers are asked to run."""

from uuid import UUID

from inference.dispatch.replies import hub
from marketplace.core.tasks import enqueue, send

RUN = "inference.run_prediction"


def wake_worker(prediction_id: UUID, *, queue: str, wants_replies: bool = False) -> None:
    """Tell the workers of a queue, after commit, that a row waits for them."""
    reply_to = hub.address if wants_replies else ""
    enqueue(RUN, queue=queue, prediction_id=str(prediction_id), reply_to=reply_to)


def wake_again(prediction_id: UUID, *, queue: str) -> None:
    """Tell the workers of a queue at once about a row whose first message led nowhere."""
    send(RUN, queue=queue, prediction_id=str(prediction_id), reply_to="")
