"""A title before a name: "M. Durand", "Mme de La Tour", or what stands for one: "la famille Durand", "le nommé Durand".

Always a warning and never certain.

Not a person: a function ("M. le maire", "Mme la directrice"), a street, school or square named after someone
("place Madame de Sévigné"), a form of address ("Madame, Monsieur,"), an initial that hides the name ("Mme B.").
Behind a title a name may be typed without its capital ("monsieur durand", "mme martin"), unless it is a word that one
says of somebody ("mme agee", "madame crie"), or a person is meant that nobody names ("un monsieur agite").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .findings import FindingKind, Sighting
from .plain import Kind, Token, touches, words

_ABBREVIATED: Final = frozenset(
    {"m", "mm", "mr", "mme", "mmes", "mlle", "mlles", "mle", "melle", "melles", "mrs", "ms"}
)
_IN_FULL: Final = words("monsieur messieurs madame mesdames mademoiselle mesdemoiselles miss mister")
# In capitals they open too many other things.
_CAPITALISED: Final = frozenset({"ms", "miss"})
TITLES: Final = _ABBREVIATED | _IN_FULL
# Of the family of, by the name of: what follows is a name when it has a capital. Written small, but for a family.
KIN: Final = words(
    "famille fils fille veuve neveu cousin cousine nomme nommee denomme denommee prenomme prenommee surnomme surnommee"
    " named"
)
FAMILY: Final = "family"  # "the Smith family"

_ARTICLES: Final = frozenset({"le", "la", "les", "l"})
_PARTICLES: Final = _ARTICLES | words("d da de del della den der des di dos du el saint sainte st van von")
# Accents are already folded when these are compared.
_FUNCTIONS: Final = words(
    "adjoint adjointe agent agente ambassadeur brigadier brigadiere capitaine chef cheffe colonel commandant "
    "commandante commissaire concierge conseiller conseillere consul cure depute deputee directeur directrice "
    "docteur doyen elu elue gardien gardienne general gendarme inspecteur inspectrice juge lieutenant lieutenante "
    "maire major mairie maitre ministre officier policier policiere police prefecture prefet prefete premier "
    "premiere president presidente principal principale procureur procureure professeur proviseur proviseure "
    "recteur rectrice referent referente responsable secretaire senateur senatrice sous substitut syndic "
    "tresorier tresoriere vice voisin voisine mayor chair chairman officer speaker prefect president"
)
_ORDINARY: Final = words(
    "a apres au aux avec bonjour c ce ces cet cette chez ci comme dans depuis dit dont elle en est et etc habite il "
    "ils je ma mais merci mes mon n ne nos notre nous on ont ou par pas pendant plus pour puis quand que qui s sa "
    "sans se ses si son sont sous sur ta toute toutes tous tout tres un une vers votre vous y"
    " and from in is my of on our that the this which who your"
)
# Said of a person whom nobody names.
_SAID: Final = words(
    "age agee agees ages agite agitee agressif agressive aide alcoolise alcoolisee allonge allongee appele "
    "appelle arrive assis assise attend blesse blessee blond blonde boit brun brune cherche chute conduit connu "
    "connue court crache crie crient cris demandait demande demenage depose descend devant disant dit donne dort "
    "emmenage enceinte enerve enervee enleve entend entre errait erre etait etranger etrangere explique faisait "
    "fait ferme frappe fume gare garee gene genee gravement habitait handicape handicapee hurlait hurle inconnu "
    "inconnue informe inquiet inquiete insulte ivre jette jeune jeunes joue laisse lance malade malveillant "
    "marche menace met monte montre mort morte nu nue oblige ouvre parle part passe perdu perdue peut plaint "
    "porte prend promene propose qu raconte refuse regarde rencontre rentre reste retraite retraitee revient sait "
    "sans seul seule seules signalait signale sonne sort souhaite sourd stationne surdite surveille tape tient "
    "tombe tombee tousse traine travaille trouve utilise va vend veut victime vieille vient vieux violent "
    "violente vit vivait vole voudrait who with"
)
_SOMEBODY: Final = words(
    "un une le la les ce cet cette ces des du au aux ma mon votre notre chaque autre jeune vieux vieille"
)
_BRANDS: Final = words("allocations bricolage meuble nombreuse noel propre rurale rurales")
_NOT_A_NAME: Final = _FUNCTIONS | _ORDINARY | _BRANDS | TITLES
_NOT_A_SMALL_NAME: Final = _NOT_A_NAME | _SAID
_NAMED_AFTER: Final = words(
    "allee avenue av boulevard bd chemin clinique college cours creche ecole eglise espace esplanade gymnase hopital "
    "impasse jardin lycee maternelle parc parking passage place pl pont quai residence route rond rue salle square "
    "stade traverse venelle villa"
)
# "Bâtiment M", "ligne M", "12 M": a letter and not a title.
_LETTERED: Final = words(
    "allee appartement apt bat batiment bloc cage entree escalier hall immeuble ligne lot parking porte quai tour zone"
)
_LONGEST_LEAD: Final = 6  # particles and initials before the name itself
_MORE_WORDS: Final = 3  # of the name, after its first


def name(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the titled name that begins at this title (a word of `TITLES` in any case)."""
    if not _is_title(read, index):
        return None
    position = index + 1
    if position < len(read) and read[position].text == "." and read[index].text.casefold() in _ABBREVIATED:
        position += 1
    position += touches(read, position, Kind.BLANK)
    if position == index + 1:
        return None
    start = _after_lead(read, position)
    if start is None:
        return None
    if not _is_name_word(read[start]):
        if start == position and _is_small_name(read, index, start):
            return Sighting(FindingKind.NAME, False, index, start)
        return None
    return Sighting(FindingKind.NAME, False, index, _name_end(read, start))


def kin(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the name after a word of `KIN`: "la famille Durand", "le fils Le Gall", "un nommé Karim"."""
    word = read[index].text
    if not (word.islower() or (word.casefold() == "famille" and word.istitle())):
        return None
    position = index + 1
    for _ in range(_LONGEST_LEAD):
        position += touches(read, position, Kind.BLANK)
        if not touches(read, position, Kind.LETTERS) or not read[position].text[0].isupper():
            return None
        if read[position].text.casefold() not in _PARTICLES:
            break
        position += 1
        position += position < len(read) and read[position].text in {"'", "-"}
    if not touches(read, position, Kind.LETTERS) or not _is_name_word(read[position]):
        return None
    return Sighting(FindingKind.NAME, False, index, _name_end(read, position))


def family(read: Sequence[Token], index: int) -> Sighting | None:
    """Return the name before this word: "the Smith family"."""
    first = index - 2
    if not touches(read, index - 1, Kind.BLANK) or first < 0 or not _is_name_word(read[first]):
        return None
    return Sighting(FindingKind.NAME, False, first, index)


def _is_title(read: Sequence[Token], index: int) -> bool:
    title = read[index].text
    before = index - 1 - touches(read, index - 1, Kind.BLANK)
    previous = read[before] if before >= 0 else None
    if previous is not None and previous.text.casefold() in _NAMED_AFTER:
        return False
    if title.casefold() in _CAPITALISED and not title.istitle():
        return False
    if title.casefold() not in {"m", "mm"}:
        return before == index - 2 or previous is None or previous.kind is Kind.SIGN
    of_a_number = previous is not None and previous.kind is Kind.DIGITS
    # "12 m", "2 M€": metres and millions; "au 2 M. Durand" is a door and who lives there, "m. Durand" is he.
    if (of_a_number or not title.isupper()) and not _is_dotted(read, index, number=of_a_number):
        return False
    is_initial = before == index - 1 and previous is not None and previous.text in {"-", ".", "'"}
    return not is_initial and (previous is None or previous.text.casefold() not in _LETTERED)


def _is_dotted(read: Sequence[Token], index: int, *, number: bool) -> bool:
    """A title of one letter with its point and a name behind it; small letters behind a number are metres."""
    if number and not read[index].text.isupper():
        return False
    position = index + 2
    if not (position < len(read) and read[index + 1].text == "." and touches(read, position, Kind.BLANK)):
        return False
    return touches(read, position + 1, Kind.LETTERS) and read[position + 1].text[0].isupper()


def _is_small_name(read: Sequence[Token], index: int, start: int) -> bool:
    """A name without its capital right behind a title; `m` and `mm` begin too many other things."""
    title, word = read[index].text.casefold(), read[start].text
    if title in {"m", "mm"} or not word.islower() or len(word) < 3:
        return False
    before = index - 2 if touches(read, index - 1, Kind.BLANK) else index - 1
    if before >= 0 and read[before].text.casefold() in _SOMEBODY:
        return False
    return word not in _NOT_A_SMALL_NAME


def _after_lead(read: Sequence[Token], position: int) -> int | None:
    """Return the token where the name itself begins, after particles ("de La") and initials ("J.-P.")."""
    saw_particle = False
    for _ in range(_LONGEST_LEAD):
        if not touches(read, position, Kind.LETTERS):
            return None
        word = read[position].text
        if len(word) == 1 and word.isupper() and position + 1 < len(read) and read[position + 1].text in {".", "'"}:
            position += 2
            position += position < len(read) and read[position].text == "-"
        elif word.casefold() in _PARTICLES:
            if word in _ARTICLES and not saw_particle:
                return None  # "M. le maire": a name has its article in capitals
            saw_particle = True
            position += 1
            position += position < len(read) and read[position].text in {"'", "-"}
        else:
            return position
        position += touches(read, position, Kind.BLANK)
    return None


def _is_name_word(token: Token) -> bool:
    return (
        token.kind is Kind.LETTERS
        and len(token.text) > 1
        and token.text[0].isupper()
        and token.text.casefold() not in _NOT_A_NAME
    )


def _name_end(read: Sequence[Token], start: int) -> int:
    last = start
    for _ in range(_MORE_WORDS):
        joint = read[last + 1] if last + 2 < len(read) else None
        if joint is None or not (joint.kind is Kind.BLANK or joint.text in {"-", "'"}):
            break
        if not _is_name_word(read[last + 2]):
            break
        last += 2
    return last
