"""Takes back what Firefox needed only until it had seen the extension.

Firefox itself tells nobody when that is, so it is looked for whenever altlens is run.
"""

from __future__ import annotations

from pathlib import Path

from altlens_installer import files, preferences, receipt, sideload, xpi
from altlens_installer.apply import apply
from altlens_installer.install import Host, extension_path, preferences_wanted
from altlens_installer.plan import Plan, compare
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store


def settle(host: Host, store: Store) -> list[Path]:
    """Take the sideload preferences back in each profile whose Firefox has the extension.

    Returns:
        The profiles whose user.js was changed.

    Raises:
        ReceiptBrokenError: A receipt cannot be read.
        NotWritableError: The system refuses.
    """
    plans = {Path(held.profile): _plan(held, store) for held in receipt.profiles(host.receipts)}
    changed = [profile for profile, plan in plans.items() if plan.changes and not plan.conflicts]
    for profile in changed:
        apply(plans[profile], store)
    return changed


def _plan(held: Receipt, store: Store) -> Plan:
    profile = Path(held.profile)
    user_js = str(profile / "user.js")
    found = store.read(user_js)
    packed = files.read(extension_path(profile))
    content = found.data or b""
    if packed is None or not preferences.sideloading(held.added(content)):
        return Plan(())
    if not sideload.seen(profile, extension_path(profile), xpi.version(packed)):
        return Plan(())
    wanted = preferences_wanted(profile, held, content, held.signed, seen=True)
    return Plan((compare(held, [wanted], {user_js: found}),))
