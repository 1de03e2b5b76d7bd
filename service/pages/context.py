"""What every template knows: the name of the service and whether its data are invented."""

from django.conf import settings
from django.http import HttpRequest

SERVICE_NAME = "Social Workers in Schools"


def service(request: HttpRequest) -> dict[str, object]:
    """`service_name` (SWIS_SERVICE_NAME), `demonstration` (SWIS_DEMONSTRATION) and `request_id`, for logs and error pages."""
    return {
        "service_name": getattr(settings, "SWIS_SERVICE_NAME", SERVICE_NAME),
        "demonstration": getattr(settings, "SWIS_DEMONSTRATION", False),
        "request_id": getattr(request, "request_id", ""),
    }
