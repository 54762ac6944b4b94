from aftercare.models.physiotherapy import ServiceRequest, ServiceRequestStatus
from aftercare.models.plans import CarePlan
from aftercare.models.protocols import AftercareProtocol

__all__ = ["AftercareProtocol", "CarePlan", "ServiceRequest", "ServiceRequestStatus"]
