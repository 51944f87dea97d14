"""The codes of the command."""

from altlens_host.errors import AltlensError, wire_errors
from altlens_installer import errors

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.InstallerError)
]


def test_each_kind_has_a_code_of_its_own_and_a_hint() -> None:
    """A code in a bug report means one thing, and none is the protocol's."""
    kinds = [kind for kind in KINDS if kind is not errors.InstallerError]

    codes = [kind.code for kind in kinds]

    assert len(set(codes)) == len(codes)
    assert all(600 <= code < 700 for code in codes)
    assert len({kind.name for kind in kinds}) == len(kinds)
    assert all(kind.hint != AltlensError.hint for kind in kinds)
    assert not set(codes) & set(wire_errors())
