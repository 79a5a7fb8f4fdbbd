"""Applications keep https://FOO; in the cluster the requests go through the egress proxy.

The parts for a library are imported from the module that is named after it: ``for_requests``, ``for_httpx``,
``for_aiohttp``, ``for_botocore``.
"""

from .egress import Egress
from .errors import EgressConfigError, EgressError
from .installation import install

__all__ = ["Egress", "EgressConfigError", "EgressError", "install"]
