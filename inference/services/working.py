"""What a worker does with a prediction that it was woken for."""

from uuid import UUID

from inference.dispatch.messages import Reply
from inference.dispatch.replies import send_reply
from inference.services.claims import Claim, claim
from inference.services.running import Run
from inference.types import Mode


def work(prediction_id: UUID | str, *, reply_to: str = "") -> bool:
    """Claim a prediction, run it and settle it; false when it was not to be had.

    Safe to be called any number of times for one prediction.
    """
    held = claim(prediction_id)
    if held is None:
        return False
    run = Run.of(held, streams=_streams(held))
    try:
        if _streams(held):
            _pass_on(run, str(prediction_id), reply_to)
    except Exception:
        run.leave()  # its pieces were not kept; its result still is
        raise
    run.finish()
    if reply_to:
        send_reply(reply_to, Reply(str(prediction_id), "final"))
    return True


def _streams(held: Claim) -> bool:
    signature = held.prediction.version.signature
    return held.prediction.mode != Mode.SYNC and bool(signature.get("streams"))


def _pass_on(run: Run, prediction_id: str, reply_to: str) -> None:
    """Send the pieces to whoever waits, as many at a time as came while the last were sent."""
    sent = 0
    if reply_to:
        send_reply(reply_to, Reply(prediction_id, "started"))
    for pieces in run.pieces():
        if pieces and reply_to:
            reply = Reply(prediction_id, "pieces", first=sent, pieces=tuple(pieces))
            send_reply(reply_to, reply)
        sent += len(pieces)
