"""What a caption is about is told from its words, and learned from numbers."""

import pytest


@pytest.mark.parametrize(
    ("caption", "kind", "several"),
    [
        ("a dog is running through the snow", "dog", False),
        ("two dogs play with a ball", "dog", True),
        ("a child in a red shirt with a dog", "child", False),
        ("a group of people sit at a table", "person", True),
        ("a person and a child at the sea", "person", True),
        ("a dog near another dog", "dog", True),
        ("a cyclist on a dirt track", "person", False),
        ("a person holds two cups", "person", True),
        ("a person in front of a crowd of people", "person", False),
        ("a bird on a branch", "animal", False),
        ("a close up of a butterfly", "animal", False),
        ("a chart", "other", False),
        ("several boats in a harbour", "other", True),
        ("a hotdog on a plate", "other", False),
    ],
)
def test_who_and_how_many(caption: str, kind: str, several: bool) -> None:
    """By who or what comes first."""
    from altlens_training import plan

    assert plan.kind(caption) == kind
    assert plan.several(caption) is several
    assert plan.plan(caption) == [*(float(kind == one) for one in plan.KINDS), float(several)]


def test_plans_are_read_from_what_tells_them() -> None:
    """Each part from its own feature, the number only where it is known, and from that share on."""
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    from altlens_training import plan, planner

    chance = torch.Generator().manual_seed(0)
    seen = torch.randn(600, 8, generator=chance)
    kinds = seen[:, : len(plan.KINDS)].argmax(1)
    of_several = (seen[:, 6] > 0).float()
    of_several[:300] = torch.nan
    wanted = torch.cat(
        [torch.nn.functional.one_hot(kinds, len(plan.KINDS)).float(), of_several[:, None]], 1
    )

    weight, bias = planner.fit(seen, wanted, torch.ones(600), decay=1e-3, several_from=0.5)
    decided = planner.decided(seen @ weight.T + bias)

    assert (decided[:, :-1].argmax(1) == kinds).float().mean() > 0.95
    assert (decided[:, -1] == (seen[:, 6] > 0)).float().mean() > 0.95
    assert decided[:, :-1].sum(1).eq(1).all()
    daring = planner.fit(seen, wanted, torch.ones(600), decay=1e-3, several_from=0.1)
    assert (planner.decided(seen @ daring[0].T + daring[1])[:, -1]).sum() > decided[:, -1].sum()
