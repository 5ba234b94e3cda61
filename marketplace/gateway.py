"""The entrance of a gateway process: the inference doors alone, on the same services.

A gateway answers `/api/v1/` and the health pages; pages, admin and accounts are the web
process's. See docs/adr/0003-gateway-is-an-entrance.md.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
os.environ.setdefault("STOA_ENTRANCE", "gateway")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
