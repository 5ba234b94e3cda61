"""Mail that accounts send by themselves (allauth sends its own)."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.models import Invitation

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, token: str) -> bool:
    """Send the link of an invitation; false when the mail server did not take it."""
    values = {
        "invitation": invitation,
        "organization": invitation.organization,
        "url": f"{settings.SITE_URL}/invitations/{token}/",
        "site_name": settings.SITE_NAME,
    }
    subject = render_to_string("accounts/email/invitation_subject.txt", values).strip()
    body = render_to_string("accounts/email/invitation.txt", values)
    try:
        EmailMessage(" ".join(subject.split()), body, to=[invitation.email]).send()
    except (SMTPException, OSError):
        # The invitation stands and can be sent again from the members page.
        logger.exception("the invitation %s could not be mailed", invitation.pk)
        return False
    return True
