"""What differs between systems: where manifests go, the Windows registry, the launcher."""
