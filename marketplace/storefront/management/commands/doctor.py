"""``manage.py doctor``: what works, what is missing, what to type."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.storefront.doctor import examine

SIGNS = {True: "ok", False: "MISSING"}


class Command(BaseCommand):
    """Looks at each part; exits with 1 when something that is needed does not work."""

    help = "Say for each part whether it works, and what to type when it does not."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        for finding in findings:
            self.stdout.write(f"{SIGNS[finding.is_well]:>8}  {finding.part:<14} {finding.says}")
            if finding.cure:
                self.stdout.write(f"{'':>8}  {'':<14} -> {finding.cure}")
        if any(finding.is_needed and not finding.is_well for finding in findings):
            sys.exit(1)
