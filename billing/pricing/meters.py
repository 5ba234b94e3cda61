"""What can be measured, and how people speak of it."""

from dataclasses import dataclass

COMPUTE = "compute_ms"


@dataclass(frozen=True, slots=True)
class Meter:
    """A measured quantity, always a whole number of ``one``.

    Prices are usually said per ``usual_per`` of them, which people call ``usual_unit``.
    ``typical`` is the quantity of an ordinary call, for calculators. A price that is said per
    one of the quantities in ``also`` keeps that unit.
    """

    code: str
    one: str
    many: str
    usual_per: int
    usual_unit: str
    typical: int = 1
    also: tuple[tuple[int, str], ...] = ()

    def count(self, quantity: int) -> str:
        """Write a quantity with its unit: ``1 request``, ``2,000 requests``."""
        return f"{quantity:,} {self.one if quantity == 1 else self.many}"

    def say(self, quantity: int) -> str:
        """Write a quantity in the largest unit that divides it: ``5 seconds of audio``."""
        for per, unit in self.also:
            if quantity and quantity % per == 0:
                number, (first, *rest) = quantity // per, unit.split(" ")
                return f"{number:,} {' '.join([first + 's' * (number != 1), *rest])}"
        return self.count(quantity)


METERS = {
    meter.code: meter
    for meter in (
        Meter("input_tokens", "input token", "input tokens", 10**6, "1M input tokens", 800),
        Meter("cached_tokens", "cached token", "cached tokens", 10**6, "1M cached tokens", 0),
        Meter("output_tokens", "output token", "output tokens", 10**6, "1M output tokens", 200),
        Meter("input_characters", "character", "characters", 10**6, "1M characters", 400),
        Meter("requests", "request", "requests", 1, "request", 1),
        Meter("rows", "row", "rows", 1000, "1,000 rows", 10),
        Meter("images", "image", "images", 1, "image", 1),
        Meter("pixels", "pixel", "pixels", 10**6, "megapixel", 10**6),
        Meter(
            "audio_ms",
            "ms of audio",
            "ms of audio",
            60_000,
            "minute of audio",
            30_000,
            also=((60_000, "minute of audio"), (1000, "second of audio")),
        ),
        Meter(COMPUTE, "ms of compute", "ms of compute", 3_600_000, "hour of compute", 500),
        Meter("session_seconds", "session second", "session seconds", 3600, "session hour", 600),
        Meter("storage_mib_hours", "MiB hour", "MiB hours", 1024 * 730, "GiB month", 0),
    )
}


def meter_of(code: str) -> Meter:
    """Return a meter by its code; ``compute_ms.h200`` is compute of one hardware class.

    A code that nobody declared is shown as it is written.
    """
    if code in METERS:
        return METERS[code]
    family, _, hardware = code.partition(".")
    if family == COMPUTE and hardware:
        name = hardware.upper()
        return Meter(
            code,
            f"ms of {name} compute",
            f"ms of {name} compute",
            3_600_000,
            f"{name} hour",
            500,
        )
    plain = code.replace("_", " ")
    return Meter(code, plain, plain, 1, plain)


def is_known(code: str) -> bool:
    """Tell whether a tariff may price this meter."""
    family, dot, hardware = code.partition(".")
    if not dot:
        return code in METERS
    return family == COMPUTE and hardware.isalnum() and hardware == hardware.lower()
