"""The recipe that makes the embedded model, and the figures that judge any model."""
