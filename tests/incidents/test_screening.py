"""What of a person shows in a text, and above all what does not."""

import pytest

from incidents.screening import Finding, FindingKind, refusals, screen

CERTAIN, WARNING = True, False

SEEN = [
    # text                                          kind      certain   what is seen
    # -- phone: France, as people write it
    ("Appelez le 06 12 34 56 78 svp",               "phone",  CERTAIN,  "06 12 34 56 78"),
    ("tél. 0612345678.",                            "phone",  CERTAIN,  "0612345678"),
    ("tel0612345678",                               "phone",  CERTAIN,  "0612345678"),
    ("06.12.34.56.78",                              "phone",  CERTAIN,  "06.12.34.56.78"),
    ("06-12-34-56-78",                              "phone",  CERTAIN,  "06-12-34-56-78"),
    ("06/12/34/56/78",                              "phone",  CERTAIN,  "06/12/34/56/78"),
    ("06 - 12 - 34 - 56 - 78",                      "phone",  CERTAIN,  "06 - 12 - 34 - 56 - 78"),
    ("06-12 34 56 78",                              "phone",  CERTAIN,  "06-12 34 56 78"),
    ("06 12345678",                                 "phone",  CERTAIN,  "06 12345678"),
    ("0612 345 678",                                "phone",  CERTAIN,  "0612 345 678"),
    ("0 6 1 2 3 4 5 6 7 8",                         "phone",  CERTAIN,  "0 6 1 2 3 4 5 6 7 8"),
    ("le 10-12-2026 au 04 92 53 00 00",             "phone",  CERTAIN,  "04 92 53 00 00"),
    ("le 10-12-2026 06 12 34 56 78",                "phone",  CERTAIN,  "06 12 34 56 78"),
    ("+33 6 12 34 56 78",                           "phone",  CERTAIN,  "+33 6 12 34 56 78"),
    ("+33612345678",                                "phone",  CERTAIN,  "+33612345678"),
    ("+33(0)6 12 34 56 78",                         "phone",  CERTAIN,  "+33(0)6 12 34 56 78"),
    ("+33 (0)612345678",                            "phone",  CERTAIN,  "+33 (0)612345678"),
    ("0033 6 12 34 56 78",                          "phone",  CERTAIN,  "0033 6 12 34 56 78"),
    ("0033612345678",                               "phone",  CERTAIN,  "0033612345678"),
    # -- phone: the neighbours of Briançon and of Belfort
    ("+39 347 123 4567",                            "phone",  CERTAIN,  "+39 347 123 4567"),
    ("+41 79 123 45 67",                            "phone",  CERTAIN,  "+41 79 123 45 67"),
    # -- phone: it may be something else
    ("lignes 01 02 03 04 05",                       "phone",  WARNING,  "01 02 03 04 05"),
    ("à 05 10 15 20 25",                            "phone",  WARNING,  "05 10 15 20 25"),
    ("06 12 34 56 78 90 12",                        "phone",  WARNING,  "06 12 34 56 78"),
    ("0 800 123 456",                               "phone",  WARNING,  "0 800 123 456"),  # a service
    ("dossier AB0612345678",                        "phone",  WARNING,  "0612345678"),
    ("06 123 4 5678",                               "phone",  WARNING,  "06 123 4 5678"),  # oddly cut
    # -- phone: hidden from a program
    ("O6 12 34 56 78",                              "phone",  WARNING,  "O6 12 34 56 78"),
    ("au o6.12.34.56.78",                           "phone",  WARNING,  "o6.12.34.56.78"),
    ("06,12,34,56,78",                              "phone",  WARNING,  "06,12,34,56,78"),
    ("06 ; 12 ; 34 ; 56 ; 78",                      "phone",  WARNING,  "06 ; 12 ; 34 ; 56 ; 78"),
    ("06*12*34*56*78",                              "phone",  WARNING,  "06*12*34*56*78"),
    ("06\n12\n34\n56\n78",                          "phone",  WARNING,  "06\n12\n34\n56\n78"),
    ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "phone", WARNING,
     "zéro six douze trente-quatre cinquante-six soixante-dix-huit"),
    ("Zéro sept, quatre-vingt-seize, vingt et un, dix-neuf, zéro deux.", "phone", WARNING,
     "Zéro sept, quatre-vingt-seize, vingt et un, dix-neuf, zéro deux"),
    ("zéro six 12 34 cinquante six 78",             "phone",  WARNING,  "zéro six 12 34 cinquante six 78"),
    ("06 douze 34 quatre-vingts 78",                "phone",  WARNING,  "06 douze 34 quatre-vingts 78"),
    ("call oh six twelve thirty-four fifty six 78", "phone",  WARNING,  "oh six twelve thirty-four fifty six 78"),
    ("zero six one two three four five six seven eight", "phone", WARNING,
     "zero six one two three four five six seven eight"),
    # -- e-mail
    ("écrire à jean.dupont@example.fr.",            "email",  CERTAIN,  "jean.dupont@example.fr"),
    ("<jean+bus@mail.example.co.uk>",               "email",  CERTAIN,  "jean+bus@mail.example.co.uk"),
    ("RENÉ@EXEMPLE.FR",                             "email",  CERTAIN,  "RENÉ@EXEMPLE.FR"),
    ("0612345678@example.fr",                       "email",  CERTAIN,  "0612345678@example.fr"),
    ("jean.dupont @ example.fr",                    "email",  WARNING,  "jean.dupont @ example.fr"),
    ("jean(at)example.fr",                          "email",  WARNING,  "jean(at)example.fr"),
    ("jean [at] example.fr",                        "email",  WARNING,  "jean [at] example.fr"),
    ("jean arobase example.fr",                     "email",  WARNING,  "jean arobase example.fr"),
    ("jean.dupont arobase exemple point fr",        "email",  WARNING,  "jean.dupont arobase exemple point fr"),
    ("jean point dupont (arobase) exemple (point) fr", "email", WARNING,
     "jean point dupont (arobase) exemple (point) fr"),
    ("jean.dupont@exemple point fr",                "email",  WARNING,  "jean.dupont@exemple point fr"),
    ("jean.dupont@exemple . fr",                    "email",  WARNING,  "jean.dupont@exemple . fr"),
    ("jean at example dot com",                     "email",  WARNING,  "jean at example dot com"),
    ("jean [at] mail [dot] example [dot] org",      "email",  WARNING,  "jean [at] mail [dot] example [dot] org"),
    # -- number plates since 2009
    ("une Clio AA-123-AA grise",                    "plate",  CERTAIN,  "AA-123-AA"),
    ("AB 123 CD",                                   "plate",  CERTAIN,  "AB 123 CD"),
    ("AB123CD",                                     "plate",  CERTAIN,  "AB123CD"),
    ("ab-123-cd",                                   "plate",  CERTAIN,  "ab-123-cd"),
    ("fg123hj",                                     "plate",  CERTAIN,  "fg123hj"),
    ("AB-123-CD-05",                                "plate",  CERTAIN,  "AB-123-CD"),
    ("AB.123.CD",                                   "plate",  CERTAIN,  "AB.123.CD"),
    ("WW-123-AB",                                   "plate",  CERTAIN,  "WW-123-AB"),  # provisional
    ("AB/123/CD",                                   "plate",  WARNING,  "AB/123/CD"),
    ("ab_123_cd",                                   "plate",  WARNING,  "ab_123_cd"),
    ("plaque AB . 123 . CD",                        "plate",  CERTAIN,  "AB . 123 . CD"),
    ("MM-123-AB",                                   "plate",  CERTAIN,  "MM-123-AB"),  # a title elsewhere
    ("fg 123 hj",                                   "plate",  WARNING,  "fg 123 hj"),
    ("EN 123 RT",                                   "plate",  WARNING,  "EN 123 RT"),  # "en" is a word
    ("le-105-de",                                   "plate",  WARNING,  "le-105-de"),
    ("LOT-GL-123-AB",                               "plate",  WARNING,  "GL-123-AB"),  # a part of a code
    ("GL-123-AB-2026",                              "plate",  WARNING,  "GL-123-AB"),
    # -- number plates before
    ("1234 AB 05",                                  "plate",  CERTAIN,  "1234 AB 05"),
    ("123 ABC 90",                                  "plate",  CERTAIN,  "123 ABC 90"),
    ("1234AB05",                                    "plate",  CERTAIN,  "1234AB05"),
    ("1234-AB-2A",                                  "plate",  CERTAIN,  "1234-AB-2A"),
    ("123 AB 974",                                  "plate",  CERTAIN,  "123 AB 974"),
    ("12 AB 05",                                    "plate",  WARNING,  "12 AB 05"),
    ("1234 A 05",                                   "plate",  WARNING,  "1234 A 05"),
    ("1234ab05",                                    "plate",  WARNING,  "1234ab05"),
    # -- social security number: 38 is the key of 2 55 08 14 168 025
    ("255081416802538",                             "nir",    CERTAIN,  "255081416802538"),
    ("2 55 08 14 168 025 38",                       "nir",    CERTAIN,  "2 55 08 14 168 025 38"),
    ("2.55.08.14.168.025.38",                       "nir",    CERTAIN,  "2.55.08.14.168.025.38"),
    ("n° 2 55 08 14 168 025 / 38",                  "nir",    CERTAIN,  "2 55 08 14 168 025 / 38"),
    ("2 55 08 14 168 025 39",                       "nir",    WARNING,  "2 55 08 14 168 025 39"),  # wrong key
    ("2550 8141 6802 538",                          "nir",    WARNING,  "2550 8141 6802 538"),  # oddly cut
    ("2 55 08 14 168 025",                          "nir",    WARNING,  "2 55 08 14 168 025"),  # no key
    ("2550814168025",                               "nir",    WARNING,  "2550814168025"),
    # -- bank account: the examples that the banks publish
    ("FR14 2004 1010 0505 0001 3M02 606",           "iban",   CERTAIN,  "FR14 2004 1010 0505 0001 3M02 606"),
    ("FR7630006000011234567890189",                 "iban",   CERTAIN,  "FR7630006000011234567890189"),
    ("fr76 3000 6000 0112 3456 7890 189",           "iban",   CERTAIN,  "fr76 3000 6000 0112 3456 7890 189"),
    ("FR 76-3000-6000-0112-3456-7890-189",          "iban",   CERTAIN,  "FR 76-3000-6000-0112-3456-7890-189"),
    ("DE89 3704 0044 0532 0130 00",                 "iban",   CERTAIN,  "DE89 3704 0044 0532 0130 00"),
    ("GB29 NWBK 6016 1331 9268 19",                 "iban",   CERTAIN,  "GB29 NWBK 6016 1331 9268 19"),
    ("IT60 X054 2811 1010 0000 0123 456",           "iban",   CERTAIN,  "IT60 X054 2811 1010 0000 0123 456"),
    ("FR76 3000 6000 0112 3456 7890 188",           "iban",   WARNING,  "FR76 3000 6000 0112 3456 7890 188"),
    # -- a title and a name
    ("M. Durand du 3e",                             "name",   WARNING,  "M. Durand"),
    ("M.Durand",                                    "name",   WARNING,  "M.Durand"),
    ("M Durand",                                    "name",   WARNING,  "M Durand"),
    ("Mr DURAND",                                   "name",   WARNING,  "Mr DURAND"),
    ("Mme DUPONT crie",                             "name",   WARNING,  "Mme DUPONT"),
    ("mme Dupont",                                  "name",   WARNING,  "mme Dupont"),
    ("Mlle Élodie Dupont",                          "name",   WARNING,  "Mlle Élodie Dupont"),
    ("Monsieur Jean-Pierre Le Gall",                "name",   WARNING,  "Monsieur Jean-Pierre Le Gall"),
    ("Madame de La Tour",                           "name",   WARNING,  "Madame de La Tour"),
    ("M. d’Artagnan",                               "name",   WARNING,  "M. d’Artagnan"),
    ("M. Le Gall",                                  "name",   WARNING,  "M. Le Gall"),
    ("M. J.-P. Durand",                             "name",   WARNING,  "M. J.-P. Durand"),
    ("MM. Durand et Martin",                        "name",   WARNING,  "MM. Durand"),
    ("Mademoiselle Nguyễn",                         "name",   WARNING,  "Mademoiselle Nguyễn"),
    ("rue de Mme Durand",                           "name",   WARNING,  "Mme Durand"),  # where she lives
    ("le fils de Mme Martin",                       "name",   WARNING,  "Mme Martin"),
    ("monsieur dupont fait du bruit",               "name",   WARNING,  "monsieur dupont"),
    ("mme martin du 3e",                            "name",   WARNING,  "mme martin"),
    ("mlle durand crie",                            "name",   WARNING,  "mlle durand"),
    ("au 2 M. Dupont",                              "name",   WARNING,  "M. Dupont"),
    ("chez m. Dupont",                              "name",   WARNING,  "m. Dupont"),
    ("Melle Dupont",                                "name",   WARNING,  "Melle Dupont"),
    ("\u041c. Dupont",                              "name",   WARNING,  "\u041c. Dupont"),  # a Cyrillic letter
    ("Mrs Smith and friends",                       "name",   WARNING,  "Mrs Smith"),
    ("Ms. Smith",                                   "name",   WARNING,  "Ms. Smith"),
    ("Miss O'Brien",                                "name",   WARNING,  "Miss O'Brien"),
    # -- what stands for a title
    ("la famille DUPONT crie",                      "name",   WARNING,  "famille DUPONT"),
    ("Famille Le Gall, 3e étage",                   "name",   WARNING,  "Famille Le Gall"),
    ("le fils Durand",                              "name",   WARNING,  "fils Durand"),
    ("la fille Ben Salem",                          "name",   WARNING,  "fille Ben Salem"),
    ("la veuve D'Angelo",                           "name",   WARNING,  "veuve D'Angelo"),
    ("un nommé Karim",                              "name",   WARNING,  "nommé Karim"),
    ("le dénommé Jean-Pierre Roux",                 "name",   WARNING,  "dénommé Jean-Pierre Roux"),
    ("a boy named Kevin",                           "name",   WARNING,  "named Kevin"),
    ("the Smith family shouts",                     "name",   WARNING,  "Smith family"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "certain", "excerpt"), SEEN)
def test_what_is_seen(text, kind, certain, excerpt):
    start = text.index(excerpt)
    assert screen(text) == [Finding(FindingKind(kind), certain, start, start + len(excerpt), excerpt)]
    assert bool(refusals(screen(text))) is certain


NOT_SEEN = [
    # places and addresses
    "rue Jean-Jaurès",
    "le 12 rue Carnot",
    "1234 rue de la Gare",
    "au 12 bis 05000 Gap",
    "05000 Gap, 05100 Briançon, 90000 Belfort",
    "4 bis, 12 ter",
    "RN 85, RD 942 et D1091",
    "RD 942 ET RN 94 AV",
    "place Madame de Sévigné",
    "école Madame Curie, collège Monsieur Vincent",
    "rue Monsieur le Prince",
    "bâtiment M Escalier 2, hall M Nord",
    "44.5594, 6.0786",
    "lon 6.0612345678 lat 44.0612345678",
    "parcelle AB 12, section AC 0123",
    # lines, times and dates
    "bus 05, ligne 2, arrêt 12",
    "lignes 01, 02, 03, 04, 05",
    "le 10-12-2026",
    "du 10/12/2026 au 12/12/2026",
    "le 06 12 2026 à 18 h",
    "le 06 12 2026 18 30",
    "01/02/26 10 30",
    "vers 18 h 05, 22h30, 7 h 30",
    "08:00-12:00 14:00-18:00",
    "08.00-12.00 14.00-18.00",
    "de 08h00 à 12h00 et de 14h05 à 19h15",
    "10 et 12, 20 au 25, 15 à 20",
    "le 105 de la rue, en 123 pas",
    "LE 105 DE LA RUE",
    # measures, counts, codes
    "20 KM 05, 150 EUR 50, 12 TTC 20",
    "100 AB 12 h",
    "SIRET 832 123 456 00012",
    "code-barres 3017620422003",
    "horodatage 1763766000000",
    "réf 7K3F-9QXM",
    "le 17, le 112, le 114, le 3919",
    "0000000000",
    "06,5 m, 01, 02, 03 et 04, lignes 05,10,15,20,25",
    "les 08,12,34,56,78 et 00,12,34,56,78",
    "O2 et CO2, le O2 Kayak, O612",
    "zéro six, zéro sept et zéro huit",
    "tolérance zéro, deux ou trois jeunes, vingt fois, quatre-vingt-dix fois, cent fois",
    "oh two boys at the dot of ten",
    "00 00 00 00 00",
    "+ 15 personnes",
    "SS-123-AB et AB-123-SS",
    "AI-123-AB, AO-123-AB, UA-123-AB",
    "AA-000-AA",
    "AAA-123-AA, AA-1234-AA, AA-12-AA, AA/12/AA",
    "1234 AB 00, 1234 AB 96, 12345 AB 05",
    "1 99 13 78 006 084",
    # signs
    "RDV @ 10h, @mairie_gap, a@b, jean@localhost",
    "voir example.fr (at) midi",
    "un point de deal at dix heures, le point fr, arobase",
    "we met at noon dot and at home. It was loud",
    # functions, forms of address, initials
    "M. le maire, Mme la directrice, M. l’adjoint",
    "M. Le Maire, Madame La Préfète, Monsieur Le Directeur",
    "MADAME LA PRÉFÈTE, MONSIEUR LE MAIRE",
    "Madame, Monsieur,",
    "Bonjour Madame. Des jeunes crient.",
    "Madame Monsieur bonjour",
    "Mme B. et M. X, le fils de Mme X",
    "Mrs B., Ms X, MS Office, 12 ms Durand",
    "une famille de Gap, la famille d'accueil, la famille du 3e, FAMILLE NOMBREUSE",
    "les familles Rurales, la Famille Rurale, famille monoparentale",
    "le fils du voisin, LA FILLE CRIE, Dupont et Fils Plomberie, ma fille Le dit",
    "the family, The family, a family of Gap, family Sunday",
    "le nommé, une rue nommée ainsi, le père Noël",
    "une dame, un monsieur qui crie, madame crie",
    "un monsieur agité, une dame et un monsieur inconnus, la madame habillée en bleu",
    "mme âgée, madame crie, monsieur seul, mme handicapée, monsieur ivre, bonjour madame, merci",
    "à 12 m. Passage étroit, sur 3 m. de large, 5 m Place Carnot",
    "Mme de la Mairie",
    "Mme du 3e étage",
    "MONSIEUR QUI CRIE",
    "devant Mr Bricolage, Monsieur Meuble",
    "5 mm Durand, 12 M Durand",
    "",
    " ",
    "\x00\x00",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_SEEN)
def test_what_is_not_seen(text):
    assert screen(text) == []
