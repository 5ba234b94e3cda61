"""What a version was made from."""

from django.db import models

from marketplace.core.models import BaseModel


class Relation(models.TextChoices):
    """How the child came from the parent."""

    ADAPTER = "adapter", "Adapter of"
    FINETUNE = "finetune", "Fine-tuned from"
    QUANTIZED = "quantized", "Quantized from"
    MERGE = "merge", "Merged from"
    DERIVED = "derived", "Derived from"
    CONVERTED = "converted", "Converted from"


class LineageEdge(BaseModel):
    """A derivation between two versions; the graph has no cycles."""

    child = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey("catalog.Version", on_delete=models.PROTECT, related_name="children")
    relation = models.CharField(max_length=12, choices=Relation)
    is_measured = models.BooleanField(default=False)
    evidence = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="lineage_edge_once"),
            models.CheckConstraint(
                condition=~models.Q(child=models.F("parent")), name="lineage_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child} {self.get_relation_display().lower()} {self.parent}"
