"""Whether an email server's refusal concerns us, or this recipient or message.

A refusal that concerns us (our greeting, our sender, our right to send as it, our machine, our
login) stops all email, and has to be corrected at the server or in our settings, at whatever step
and with whatever code it comes: Postfix answers for a greeting only once a recipient is named.
The texts are those of Postfix, Exim, Sendmail, Exchange and Gmail; the codes are those of RFC
3463 with its registry, and Microsoft's.
"""

from __future__ import annotations

import re

RECIPIENT_NAMED = frozenset({"RCPT", "DATA", "end of data"})  # steps from which it may be theirs

_CODE = re.compile(r"^[245]\.(\d{1,3}\.\d{1,3})\b")
_OF_RECIPIENT = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "2.2", "2.4"})
_TOO_LARGE_BY_CODE = frozenset({"2.3", "3.4"})
_OF_US = frozenset(
    {
        *("1.7", "1.8", "1.9"),  # the sender's address
        *("7.8", "7.9", "7.10", "7.11", "7.12", "7.13", "7.14", "7.30"),  # login, encryption
        *("7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27", "7.29"),  # DKIM to ARC
        *("7.57", "7.60", "7.61", "7.62", "7.63", "7.64", "7.139"),  # Exchange: who may send
    }
)
_ACCESS_DENIED = re.compile(r"7\.[5-9]\d\d$")  # Exchange: a sender, address or tenant is barred

_ADDRESSES = re.compile(r"<[^<>]*>|\S+@\S+")
_HOST_NAMES = re.compile(r"\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b")
_TOO_LARGE = re.compile(r"\bsize\b|too (large|big|long)")
_ITS_LIST = re.compile(r"resolver\.rst|to (this|the|that) (\w+ )?(group|list|recipient|mailbox)\b")
_REFUSES_US = re.compile(
    r"\b(helo|ehlo|greeting)\b"
    r"|\bsender\b.*\b(reject|deni|refus|not\b|invalid|unknown|verif|block|bann|fail|must)"
    r"|\b(invalid|unknown|bad|banned|blocked|unauthori[sz]ed|reject\w*|refus\w*) (the )?sender\b"
    r"|\b(return path|mail from|envelope from)\b"
    r"|send.?(as|on.?behalf)\w*|(allowed|permitted|permissions?|authori[sz]ed|right) to send"
    r"|\b(client|ips?|tenant|ptr|rdns)\b|reverse (dns|lookup|hostname)"
    r"|\byour (e-?mail |mail )?(address|host|hostname|server|domain|network|machine|system)\b"
    r"|\byou (are (not|blocked|banned)|must|do not|don't|may not|cannot|can't|have exceeded)\b"
    r"|\b(unauthori[sz]ed|unknown|invalid|untrusted|unresolvable) (host|hostname|machine)\b"
    r"|black.?list|block.?list|deny.?list|dnsbl|\brbl\b|spamhaus|\breputation\b"
    r"|\brelay(ing)?( access)?( is| was)? (denied|not|prohibited|refused|forbidden|disabled)"
    r"|\b(unable|allowed|permitted|authori[sz]ed|cannot|won't|not) (to )?relay\b"
    r"|authenticat|\bauth required|log(ged)? ?in\b|credentials"
    r"|starttls|(tls|encryption)( is)? (required|needed)"
    r"|\b(spf|dkim|dmarc|arc)\b"
    r"|submission.?quota|(sending|sender|submission|outbound) (quota|limit|rate)"
)
_NOT_NOW = re.compile(
    r"gr[ea]y.?list|try (it )?(again|later)|\blater\b|come back|temporar|too (many|fast|much)"
    r"|\brate\b|rate.?limit|\bbusy\b|overload|throttl|time[d ]?.?out"
)


def refuses_us(stage: str, code: int, words: str) -> bool:
    """Whether a negative answer refuses us, and not one recipient or message.

    Args:
        stage: the step that was answered, such as `RCPT`.
        code: of the answer, 400 to 599.
        words: its text, with the enhanced status code (RFC 3463) at its beginning if it has one.
    """
    if _is_too_large(code, words):  # which may already be said of `MAIL`, by its SIZE
        return False
    said = _without_names(words)
    is_lasting = code >= 500  # noqa: PLR2004 - RFC 5321
    if is_lasting and stage not in RECIPIENT_NAMED:
        return True  # neither a recipient nor a message has been named yet
    if not is_lasting and _NOT_NOW.search(said):
        return False
    detail = _detail(words)
    if detail in _OF_US or _ACCESS_DENIED.match(detail):
        return True
    if detail in _OF_RECIPIENT or _ITS_LIST.search(said):
        return False
    return bool(_REFUSES_US.search(said))


def _is_too_large(code: int, words: str) -> bool:
    detail = _detail(words)
    if detail in _TOO_LARGE_BY_CODE:
        return True
    return (
        code == 552  # noqa: PLR2004 - RFC 5321
        and not detail.startswith("2.")
        and bool(_TOO_LARGE.search(_without_names(words)))
    )


def _detail(words: str) -> str:
    found = _CODE.match(words)
    return found[1] if found else ""


def _without_names(words: str) -> str:
    """Without addresses and host names, which may contain any word."""
    return _HOST_NAMES.sub(" ", _ADDRESSES.sub(" ", words)).casefold()
