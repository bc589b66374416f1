"""Which registers' numbers can be checked, and how each writes them."""

import re
from importlib import import_module
from types import ModuleType

from django.core.exceptions import ValidationError
from stdnum import exceptions, lei

# Modules of python-stdnum by register: only where the register's own examples pass.
MODULES = {
    "AL-QKB": ("al.nipt",),
    "AR-CUIT": ("ar.cuit",),
    "AU-ABN": ("au.abn",),
    "AU-ASIC": ("au.acn",),
    "BE-BCE_KBO": ("be.vat",),
    "BG-EIK": ("bg.vat",),
    "BR-CNPJ": ("br.cnpj",),
    "BY-ADR": ("by.unp",),
    "CA-CRA_ACR": ("ca.bn",),
    "CH-FDJP": ("ch.uid",),
    "CL-RUT": ("cl.rut",),
    "CR-RPJ": ("cr.cpj",),
    "CZ-DIC": ("cz.dic",),
    "CZ-ICO": ("cz.dic",),
    "DK-CVR": ("dk.cvr",),
    "EC-RUC": ("ec.ruc",),
    "EE-KMKR": ("ee.registrikood",),
    "EE-RIK": ("ee.registrikood",),
    "ES-NIF": ("es.nif",),
    "FI-PRO": ("fi.ytunnus",),
    "FR-RCS": (
        "fr.siren",
        "fr.siret",
    ),
    "GT-NIT": ("gt.nit",),
    "HR-OIB": ("hr.oib",),
    "IL-RA": ("il.hp",),
    "IL-ROC": ("il.hp",),
    "IN-PAN": ("in_.pan",),
    "IS-KEN": ("is_.kennitala",),
    "IT-CF": ("it.codicefiscale",),
    "JP-JCN": ("jp.cn",),
    "KR-BRN": ("kr.brn",),
    "LT-PVM": ("lt.pvm",),
    "LV-RE": ("lv.pvn",),
    "MD-IDNO": ("md.idno",),
    "MX-RFC": ("mx.rfc",),
    "NO-BRC": ("no.orgnr",),
    "PE-RUC": ("pe.ruc",),
    "PL-NIP": ("pl.nip",),
    "PL-REGON": ("pl.regon",),
    "PT-NIPPC": ("pt.nif",),
    "PY-RUC": ("py.ruc",),
    "RS-PIB": ("rs.pib",),
    "RU-INN": ("ru.inn",),
    "RU-OGRN": ("ru.ogrn",),
    "SE-ON": ("se.orgnr",),
    "SG-ACRA": ("sg.uen",),
    "SI-TIN": ("si.ddv",),
    "SV-NIT": ("sv.nit",),
    "TH-TIN": ("th.moa",),
    "TR-VKN": ("tr.vkn",),
    "UA-EDR": ("ua.edrpou",),
    "US-EIN": ("us.ein",),
    "VN-TIN": ("vn.mst",),
    "ZA-CIT": ("za.tin",),
}
PATTERNS = {
    "IATI": ("[^/&|?\\s]+", "letters, digits and hyphens without a space or / & | ?"),
    "UNGC": ("[1-9][0-9]{0,7}", "the number in the address of the participant's page"),
}


def are_known(scheme: str) -> bool:
    return scheme == "LEI" or scheme in MODULES


def checked(scheme: str, value: str) -> str:
    """The value as its register writes it; ValidationError if it cannot be one."""
    if scheme == "LEI":
        return _lei(value)
    if scheme in PATTERNS:
        pattern, words = PATTERNS[scheme]
        return _matching(value, pattern, words)
    return _by_module(scheme, value) if scheme in MODULES else value


def _lei(value: str) -> str:
    written = lei.compact(value)
    if not re.fullmatch("[0-9A-Z]{18}[0-9]{2}", written):
        text = "Not an LEI: 18 letters or digits, then 2 check digits (ISO 17442)."
        raise ValidationError({"value": ValidationError(text, code="bad_check_digits")})
    if not lei.is_valid(written):
        raise _no_match(scheme="LEI")
    return written


def _no_match(scheme: str) -> ValidationError:
    text = f"The check digits do not match: some character of this {scheme} number is wrong."
    return ValidationError({"value": ValidationError(text, code="bad_check_digits")})


def _matching(value: str, pattern: str, words: str) -> str:
    if not re.fullmatch(pattern, value):
        text = f"Write {words}."
        raise ValidationError({"value": ValidationError(text, code="bad_identifier")})
    return value


def _by_module(scheme: str, value: str) -> str:
    # Digits of other scripts would pass some of the modules' own checks.
    if value.isascii():
        for name in MODULES[scheme]:
            try:
                return str(_module(name).validate(value))
            except exceptions.InvalidChecksum:
                raise _no_match(scheme) from None
            except exceptions.ValidationError:
                continue
    text = f"Not a number of {scheme}: its length or its characters are wrong."
    raise ValidationError({"value": ValidationError(text, code="bad_check_digits")})


def _module(name: str) -> ModuleType:
    return import_module(f"stdnum.{name}")
