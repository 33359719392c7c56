"""Drawing by lot so that anybody can do it again: pool, exclusions, seed in; one name out.

The digest of the seed is published before the pool is fixed, the seed itself with the result.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from odr.digests import canonical, digest
from odr.errors import BadInput

ALGORITHM = (
    "将候选人编号去重后按字典序排列，去掉回避及不符合条件者；"
    "第n次（n自0起）取HMAC-SHA256，密钥为种子，消息为规范JSON {context,n,pool}，其中pool为去掉后的名单，"
    "结果视为大端整数x；若x不小于2的256次方中名单人数的最大整倍数则n加1重取，"
    "否则x除以名单人数的余数即中选者序号（自0起）。种子的SHA-256摘要在确定名单之前公布。"
)
_SPAN = 1 << 256


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw with everything needed to repeat it."""

    algorithm: str
    context: str
    pool: tuple[str, ...]
    exclusions: tuple[tuple[str, str], ...]  # (id, reason)
    commitment: str
    seed: str  # hex, revealed with the result
    chosen: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"pool": list(self.pool), "exclusions": dict(self.exclusions)}


def commit(seed: bytes) -> str:
    """What is published of a seed before the draw."""
    return digest(seed)


def draw(pool: Iterable[str], exclusions: Mapping[str, str], *, seed: bytes, context: str) -> Draw:
    """Draw one of the pool that is not excluded; BadInput if nobody is left or the seed is short."""
    if len(seed) < 32:
        raise BadInput(seed="too-short")
    everybody = sorted(set(pool))
    eligible = [name for name in everybody if name not in exclusions]
    if not eligible:
        raise BadInput(pool="nobody-left")
    return Draw(
        algorithm=ALGORITHM,
        context=context,
        pool=tuple(everybody),
        exclusions=tuple(sorted(exclusions.items())),
        commitment=commit(seed),
        seed=seed.hex(),
        chosen=eligible[_index(eligible, seed, context)],
    )


def check(log: Mapping[str, Any]) -> bool:
    """Whether a published log is what the algorithm gives for its own pool, seed and context."""
    try:
        seed = bytes.fromhex(log["seed"])
        again = draw(log["pool"], log["exclusions"], seed=seed, context=log["context"])
    except (KeyError, TypeError, ValueError, AttributeError, BadInput):
        return False
    return again.to_json() == dict(log)


def _index(eligible: list[str], seed: bytes, context: str) -> int:
    fair = _SPAN - _SPAN % len(eligible)  # beyond it, the first names would be favoured
    for n in range(128):
        message = canonical({"context": context, "n": n, "pool": eligible})
        number = int.from_bytes(hmac.new(seed, message, hashlib.sha256).digest(), "big")
        if number < fair:
            return number % len(eligible)
    raise AssertionError("a 256-bit number fell outside 128 times")  # chance below 2**-128
