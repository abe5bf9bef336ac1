"""Codes for why something is taken off or added (BT-98, BT-105, BT-140, BT-145).

The codes of UNTDID 5189 (discounts) and 7161 (charges) that invoices by EN 16931 take: its rules BR-CL-19 and BR-CL-20,
as the code lists of ConnectingEurope/eInvoicing-EN16931 of 2026-04-14 have them, checked 2026-11-29.
"""

from __future__ import annotations

from invoicing.document.adjusted import AdjustmentKind
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line

_OF_DISCOUNTS = frozenset("41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105".split())
_OF_CHARGES = frozenset(
    (
        "AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT ABU ACF ACG ACH"
        " ACI ACJ ACK ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY ADZ AEA AEB AEC AED AEF AEH"
        " AEI AEJ AEK AEL AEM AEN AEO AEP AES AET AEU AEV AEW AEX AEY AEZ AJ AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM"
        " CAN CAO CAP CAQ CAR CAS CAT CAU CAV CAW CAX CAY CAZ CD CG CS CT DAB DAC DAD DAF DAG DAH DAI DAJ DAK DAL DAM"
        " DAN DAO DAP DAQ DL EG EP ER FAA FAB FAC FC FH FI GAA HAA HD HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI"
        " ML NAA OA PA PAA PC PL PRV RAB RAC RAD RAF RE RF RH RV SA SAA SAD SAE SAI SG SH SM SU TAB TAC TT TV V1 V2 WH"
        " XAA YY ZZZ"
    ).split()
)
_LISTS = {
    AdjustmentKind.DISCOUNT: (_OF_DISCOUNTS, "UNTDID 5189, such as 95 (discount) or 100 (special rebate)"),
    AdjustmentKind.CHARGE: (_OF_CHARGES, "UNTDID 7161, such as FC (freight) or PC (packing)"),
}


def checked_reason_code(code: str, kind: AdjustmentKind, *, field: str) -> str:
    """The code as the list has it; empty where there is none.

    Raises:
        InvalidInput: it is not on the list of its kind, naming `field`.
    """
    wanted = capitals(clean_line(code, field=field, limit=10))
    known, where = _LISTS[kind]
    if wanted and wanted not in known:
        raise InvalidInput(f"{field}: no code for a {kind.value}; take one of {where}, or leave it out.", field=field)
    return wanted
