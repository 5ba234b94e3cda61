"""Audio models of the demo world; they are extras."""

from marketplace.storefront.demo.tariffs import per_unit
from marketplace.storefront.demo.types import DemoListing

CLEARWAVE = DemoListing(
    author="northfield",
    slug="clearwave-transcribe",
    name="Clearwave Transcribe",
    summary="Writes down English speech with times, and stays silent where nobody speaks.",
    task="speech-recognition",
    license="MIT",
    source="whisper",
    tags=("speech", "transcription", "streaming"),
    languages=("en",),
    collections=("start-here", "language"),
    description="""\
Whisper tiny.en behind Silero's voice activity detection, in one version. Send a WAV file of up to
five minutes; get the text, its segments with their seconds, and the stretches with speech. The text
can be streamed as it is written.

The recording is cut where nobody speaks, and only what has speech in it is transcribed: long
silence gives an empty transcript, not invented words. You pay for the length of the recording.

## Not good at

This is the smallest model of its family. It mishears names and rare words, writes numbers as
figures or as words as it likes, knows no language but English, and does not tell speakers apart.
Music and crosstalk can bring words that nobody said.
""",
    intended_use="Notes, captions and search over clear English speech that a person reads.",
    limitations="English only; mishears names and rare words; 16-bit WAV of five minutes at most.",
    restrictions="Record and transcribe people only with the consent that the law asks for. Not "
    "for covert surveillance, and not as the sole basis of a decision about a person.",
    plans=(
        per_unit(
            "standard",
            "Pay as you go",
            meter="audio_ms",
            price="0.0001",
            per=1000,
            free={"audio_ms": 300_000},
        ),
    ),
)
LISTINGS = (CLEARWAVE,)
