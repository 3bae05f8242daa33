"""Languages as containers name them."""

from __future__ import annotations

import re

from studio.errors import InputError

# ISO 639-1 and 639-2 (terminological) codes, of the Library of Congress's table.
_CODES = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bi:bis bm:bam
bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu cv:chv cy:cym da:dan de:deu dv:div dz:dzo
ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg
gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii
ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau
ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri
mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav
ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin
sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe
sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr
ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho zu:zul
"""
_ISO_639_2 = dict(pair.split(":") for pair in _CODES.split())
# BCP 47 (RFC 5646), as far as it is needed: a language of two or three letters, then subtags.
_TAG = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{1,8})*")


def iso_639_2(tag: str | None) -> str:
    """The three letters of a BCP-47 tag ("pt-BR" -> "por"); "und" for None.

    Raises InputError for what is no language tag.
    """
    if tag is None:
        return "und"
    found = _TAG.fullmatch(tag)
    code = found[1].lower() if found else ""
    if len(code) == 3:
        return code
    if code not in _ISO_639_2:
        raise InputError(f"{tag!r} is not a language tag: give one such as en, es or pt-BR.")
    return _ISO_639_2[code]


# QuickTime numbers its languages, and ffmpeg finds a number by the bibliographic code or one of its own (measured: what
# it does not know is left out).
_QUICKTIME = {
    **{"deu": "ger", "nld": "dut", "ell": "gre", "isl": "ice", "zho": "chi", "sqi": "alb", "mkd": "mac", "hye": "arm"},
    **{"kat": "geo", "bod": "tib", "mya": "bur", "msa": "may", "cym": "wel", "eus": "baq", "fas": "per", "swe": "sve"},
    **{"nob": "nor", "nno": "nor", "hrv": "hr ", "srp": "sr ", "fao": "fo ", "pan": "pa "},
}


def language_in(suffix: str, tag: str | None) -> str:
    """What ffmpeg is to be told of a language for a kind of file. Raises InputError for what is no language tag."""
    code = iso_639_2(tag)
    return _QUICKTIME.get(code, code) if suffix == ".mov" else code
