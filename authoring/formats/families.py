"""Formats that are refused: what each is, why, and what to do instead."""

from dataclasses import dataclass
from pathlib import PurePosixPath

SAVE_TENSORS = (
    "Convert to safetensors on your own machine: "
    '`safetensors.torch.save_file(model.state_dict(), "model.safetensors")`.'
)
SAVE_ARRAYS = (
    "Convert to safetensors on your own machine: "
    '`safetensors.numpy.save_file({"weight": array}, "model.safetensors")`.'
)


@dataclass(frozen=True, slots=True)
class Family:
    """A format by name, the reason it is not taken, and the way forward."""

    id: str
    name: str
    reason: str
    advice: str

    def sentence(self, path: str) -> str:
        """Return what is wrong with the file at ``path`` and what would be right."""
        return f"{path} is {self.name}, {self.reason}. {self.advice}"


RUNS_CODE = "which can run any code when it is opened"
PICKLE = Family("pickle", "a Python pickle", RUNS_CODE, SAVE_TENSORS)
TORCH = Family("torch", "a PyTorch checkpoint (a pickle in a zip)", RUNS_CODE, SAVE_TENSORS)
TORCH_LEGACY = Family(
    "torch-legacy", "a PyTorch checkpoint in the old pickle format", RUNS_CODE, SAVE_TENSORS
)
TORCHSCRIPT = Family(
    "torchscript",
    "a TorchScript program",
    "which can read and write files of the machine it runs on",
    f"{SAVE_TENSORS} Name one of the platform's runtimes in config.json.",
)
EXPORTED = Family(
    "pt2",
    "an exported PyTorch program (.pt2)",
    "whose parts are pickles that run when it is opened",
    f"{SAVE_TENSORS} Name one of the platform's runtimes in config.json.",
)
NUMPY = Family("numpy", "a NumPy array file", "which may hold pickled objects", SAVE_ARRAYS)
NUMPY_OBJECTS = Family("numpy-objects", "a NumPy file of pickled objects", RUNS_CODE, SAVE_ARRAYS)
KERAS = Family(
    "hdf5",
    "an HDF5 or Keras file",
    "which may hold code in its layers",
    f"Read its weights as arrays. {SAVE_ARRAYS}",
)
ONNX = Family(
    "onnx",
    "an ONNX graph",
    "which this platform has no runtime for and which may point at other files",
    f"Read its initializers with `onnx.numpy_helper.to_array`. {SAVE_ARRAYS}",
)
GGUF = Family(
    "gguf",
    "a GGUF file",
    "which this platform does not serve",
    "Upload the safetensors weights that it was made from, with their config.json.",
)
TENSORFLOW = Family(
    "tensorflow",
    "a TensorFlow program",
    "which can read and write files of the machine it runs on",
    f"Read its variables as arrays. {SAVE_ARRAYS}",
)
ARCHIVE = Family(
    "archive",
    "an archive",
    "and archives are never unpacked here",
    "Upload the files in it one by one.",
)
PROGRAM = Family(
    "program",
    "a program or script",
    "and no code of an author runs here",
    "Upload weights and JSON only, and name one of the platform's runtimes in config.json.",
)
LFS_POINTER = Family(
    "lfs-pointer",
    "a Git LFS pointer",
    "the address of a file instead of the file",
    "Run `git lfs pull` and upload the real file.",
)

BY_SUFFIX = {
    suffix: family
    for family, suffixes in (
        (PICKLE, ".pkl .pickle .pck .joblib .dill .cloudpickle .dat .p"),
        (TORCH, ".pt .pth .bin .ckpt .mar"),
        (TORCHSCRIPT, ".ptl .torchscript .jit"),
        (EXPORTED, ".pt2"),
        (NUMPY, ".npy .npz"),
        (KERAS, ".h5 .hdf5 .keras"),
        (ONNX, ".onnx .ort"),
        (GGUF, ".gguf .ggml"),
        (TENSORFLOW, ".pb .tflite .pbtxt .meta"),
        (ARCHIVE, ".zip .tar .gz .tgz .bz2 .xz .7z .rar .zst .whl .egg .jar .nemo"),
        (PROGRAM, ".py .pyc .pyd .so .dll .dylib .exe .sh .js .ipynb .bat .wasm"),
    )
    for suffix in suffixes.split()
}


def family_of_name(path: str) -> Family | None:
    """Return the refused format that a file's name announces, if any."""
    return BY_SUFFIX.get(PurePosixPath(path).suffix.lower())
