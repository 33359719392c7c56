"""Fee relief for who can hardly pay: exemption, reduction, deferral, and what each does to the fee (FEE-44..51)."""

from __future__ import annotations

from enum import StrEnum

from odr.rules.fees import Fee

LEAST_PERCENT = 30  # of the fee, where it is reduced (FEE-46)


class Relief(StrEnum):
    EXEMPT = "exempt"  # natural persons only (FEE-44)
    REDUCE = "reduce"
    DEFER = "defer"


NAMES = {Relief.EXEMPT: "免交", Relief.REDUCE: "减交", Relief.DEFER: "缓交"}


def grounds_of(relief: Relief) -> str:
    """The list of the pack with the grounds for this relief."""
    return f"fee_{relief}"


def least(fee_fen: int) -> int:
    """The smallest reduction of a fee: three tenths, never a fen less."""
    return -(-fee_fen * LEAST_PERCENT // 100)


def asked(relief: Relief, fee: Fee, asked_fen: int) -> str:
    """What is wrong with the sum of an application; only a reduction names one."""
    if relief is not Relief.REDUCE:
        return ""
    return "too-small" if asked_fen < least(fee.low_fen) else "too-large" if asked_fen >= fee.high_fen else ""


def granted(relief: Relief, fee_fen: int, relieved_fen: int) -> str:
    """What is wrong with the sum of a decision: all for an exemption, nothing for a deferral."""
    low, high = {
        Relief.EXEMPT: (fee_fen, fee_fen),
        Relief.REDUCE: (least(fee_fen), fee_fen - 1),
        Relief.DEFER: (0, 0),
    }[relief]
    return "too-small" if relieved_fen < low else "too-large" if relieved_fen > high else ""


def of_part(part_fen: int, fee_fen: int, relieved_fen: int) -> int:
    """As much of a part of the fee as was relieved of the whole; of the half that a settlement costs, half."""
    return part_fen * relieved_fen // fee_fen if fee_fen else 0
