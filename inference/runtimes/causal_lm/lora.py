"""Low-rank changes to a decoder's projections, added beside the shared weights."""

from pathlib import Path

from torch import Tensor

from inference.runtimes.causal_lm.config import LoraConfig, lora_names, target_name
from inference.runtimes.causal_lm.model import Decoder, Projection
from inference.runtimes.causal_lm.weights import read_tensors
from inference.runtimes.tensor_file import FLOATS


class LowRank:
    """What an adapter adds to one projection: first down to its rank, then up again."""

    def __init__(self, down: Tensor, up: Tensor) -> None:
        self._down = Projection(down, pack=True)
        self._up = Projection(up, pack=True)

    @property
    def nbytes(self) -> int:
        """Bytes held by the two matrices."""
        return self._down.nbytes + self._up.nbytes

    def __call__(self, inputs: Tensor) -> Tensor:
        return self._up(self._down(inputs))


def read_adapter(folder: Path, config: LoraConfig, decoder: Decoder) -> dict[str, LowRank]:
    """Load the adapter in ``folder`` for ``decoder``; raises ``BadModel``."""
    shapes = config.tensor_shapes(decoder.config)
    tensors = dict(read_tensors(folder, shapes, FLOATS))
    adapter = {}
    for layer in range(decoder.config.layers):
        for target in config.targets:
            down, up = (_placed(tensors[name], decoder) for name in lora_names(layer, target))
            adapter[target_name(layer, target)] = LowRank(down, up * config.scale)
    return adapter


def _placed(tensor: Tensor, decoder: Decoder) -> Tensor:
    return tensor.to(decoder.device, decoder.dtype)
