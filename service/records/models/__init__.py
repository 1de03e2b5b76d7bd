"""What information governance keeps of its own work."""

from service.records.models.exports import Export

__all__ = ["Export"]
