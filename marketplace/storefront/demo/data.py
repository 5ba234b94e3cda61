"""Tabular, forecasting and vision models of the demo world."""

from marketplace.storefront.demo.tariffs import download, graduated, per_unit, subscription
from marketplace.storefront.demo.types import DemoListing

INCOME = DemoListing(
    author="meridian",
    slug="census-income-scorer",
    name="Census Income Scorer",
    summary="Scores whether a person of the 1994 US census earned over 50,000 USD.",
    task="tabular-classification",
    license="CC-BY-4.0",
    source="income",
    tags=("tabular", "fairness-study"),
    collections=("measured-for-fairness",),
    description="""\
A small neural network on UCI Adult, trained here by a command that reproduces the same digest.

**Read the fairness report before you use it.** The model selects women at less than a third of the
rate of men and fails the four-fifths rule. It is listed because the finding is instructive, and
because a parity edition derived from it is for sale beside it.
""",
    intended_use="Teaching, benchmarks, and trying out fairness tooling.",
    limitations="The data is from 1994; the label is a threshold of that year's dollars.",
    restrictions="Not for decisions about people: employment, credit, housing, insurance.",
    plans=(
        graduated(
            "standard",
            "Pay as you go",
            meter="requests",
            tiers=((1_000, "0.002"), (100_000, "0.001"), (None, "0.0005")),
            free={"requests": 100},
        ),
    ),
)
PARITY = DemoListing(
    author="evenhand",
    slug="census-income-parity",
    name="Census Income Scorer, parity edition",
    summary="The income scorer with thresholds that select every group at the same rate.",
    task="tabular-classification",
    license="CC-BY-4.0",
    source="income-parity",
    base="meridian/census-income-scorer",
    relation="derived",
    tags=("tabular", "fairness-study"),
    collections=("measured-for-fairness",),
    description="""\
The same network as the Census Income Scorer with a threshold for each group, set so that selection
rates are equal. What that costs in accuracy is measured on the evidence tab of both listings, on
the same rows: compare them side by side.
""",
    intended_use="Teaching, and showing what parity costs on a known data set.",
    limitations="Needs the group of each person as an input; parity holds for this data only.",
    restrictions="Not for decisions about people: employment, credit, housing, insurance.",
    plans=(per_unit("standard", "Pay as you go", meter="requests", price="0.002"),),
)
TIDELINE = DemoListing(
    author="meridian",
    slug="tideline-forecast",
    name="Tideline Forecast",
    summary="Zero-shot forecasts with nine quantiles for any regular series.",
    task="forecasting",
    license="Apache-2.0",
    source="fracast",
    tags=("forecasting", "zero-shot"),
    collections=("start-here", "business"),
    description="""\
Fracast-0: 85,001 parameters, no training on your series. Send up to 2,048 past values and a
horizon, get a median and quantile bands.

On four public series it beats the seasonal naive forecast on some and loses on others; the evidence
tab shows which.
""",
    intended_use="Quick forecasts with uncertainty for planning and anomaly detection.",
    limitations="Univariate; no holidays or covariates; weak on long seasonal cycles.",
    plans=(
        per_unit("standard", "Pay as you go", meter="requests", price="0.006"),
        subscription(
            "team", "Team", "19", included={"requests": 5_000}, meter="requests", overage="0.004"
        ),
    ),
)
GLANCE = DemoListing(
    author="brightwater",
    slug="glance-image-tagger",
    name="Glance Image Tagger",
    summary="Names what is in a photograph, out of a thousand things, in 50 ms on a CPU.",
    task="image-classification",
    license="Apache-2.0",
    source="efficientnet",
    tags=("vision", "classification"),
    collections=("start-here", "vision"),
    description="""\
EfficientNet-Lite0 in half precision. Send a JPEG, PNG or WebP; get the likeliest ImageNet labels
with their scores. Upstream states 75.1 % top-1 on ImageNet: that is stated, not measured here.
""",
    intended_use="Tagging, sorting and searching photographs.",
    limitations="A thousand everyday classes; one subject a picture; no people's identities.",
    restrictions="Upstream weights were trained on ImageNet, whose images have research terms.",
    plans=(
        per_unit("standard", "Pay as you go", meter="images", price="0.0004", free={"images": 100}),
    ),
)
LOOKOUT = DemoListing(
    author="brightwater",
    slug="lookout-faces",
    name="Lookout Faces",
    summary="Finds faces and five landmarks in photographs; does not recognize anyone.",
    task="object-detection",
    license="MIT",
    source="mtcnn",
    tags=("vision", "detection"),
    collections=("vision",),
    description="""\
MTCNN: three small networks in a row, boxes with scores and landmarks. For cropping, blurring and
counting. It does not tell who somebody is, and the restrictions forbid building that on top of it.
""",
    intended_use="Cropping, blurring and counting faces in photographs.",
    limitations="Misses faces in profile, in the dark, and smaller than about forty pixels.",
    restrictions="Not for identification, surveillance or inference of personal traits.",
    plans=(
        per_unit("standard", "Pay as you go", meter="images", price="0.0005"),
        download("download", "Download license", "49"),
    ),
)
LISTINGS = (INCOME, PARITY, TIDELINE, GLANCE, LOOKOUT)
