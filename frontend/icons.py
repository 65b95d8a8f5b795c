"""The icons, drawn for this product: a literal table of 24 × 24 strokes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ICONS: Final = MappingProxyType(
    {
        "alert": '<path d="M12 3.5 2.5 20h19z"/><path d="M12 10v4.5M12 17.4v.1"/>',
        "arrow-left": '<path d="M20 12H4M10 6l-6 6 6 6"/>',
        "arrow-right": '<path d="M4 12h16M14 6l6 6-6 6"/>',
        "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4M12 5V3"/>',
        "building": '<path d="M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3"/>',
        "check": '<path d="m4 12.5 5.5 5.5L20 6.5"/>',
        "check-circle": '<circle cx="12" cy="12" r="9"/><path d="m7.5 12.3 3.2 3.2 5.8-6.5"/>',
        "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l3.8 2.3"/>',
        "close": '<path d="m5 5 14 14M19 5 5 19"/>',
        "compass": '<circle cx="12" cy="12" r="9"/><path d="m15.5 8.5-2 5-5 2 2-5z"/>',
        "copy": '<path d="M9 8.5h11v12H9zM15.5 8.5V3.5H4.5v12H9"/>',
        "download": '<path d="M12 3.5V15M6.5 10l5.5 5.5 5.5-5.5M4 20h16"/>',
        "edit": '<path d="M4 20h4L19.5 8.5l-4-4L4 16zM13 7l4 4"/>',
        "eye-off": '<path d="M4 4l16 16M9.6 5.6A9 9 0 0 1 12 5c6 0 9.5 7 9.5 7a17 17 0 0 1-2.7 3.6M6.2 7.6A17 17 0 0 0 2.5 12S6 19 12 19a9 9 0 0 0 4.2-1"/>',  # noqa: E501
        "filter": '<path d="M3 5h18l-7 8.5V20l-4-2v-4.5z"/>',
        "gps": '<circle cx="12" cy="12" r="3"/><circle cx="12" cy="12" r="7.5"/><path d="M12 1.5v3M12 19.5v3M1.5 12h3M19.5 12h3"/>',  # noqa: E501
        "hand": '<path d="M3 12a9 9 0 0 1 9-9M12 21a9 9 0 0 0 9-9"/><path d="m8.5 12 2.5 2.5 4.5-5"/>',
        "home": '<path d="m3 11 9-7.5 9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6"/>',
        "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.4v.1"/>',
        "list": '<path d="M8.5 6H21M8.5 12H21M8.5 18H21M3.5 6h.5M3.5 12h.5M3.5 18h.5"/>',
        "lock": '<path d="M5.5 11h13v9.5h-13zM8 11V8a4 4 0 0 1 8 0v3M12 14.5V17"/>',
        "logout": '<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>',
        "mail": '<path d="M3 5.5h18v13H3z"/><path d="m3 7 9 7 9-7"/>',
        "map": '<path d="m3 6.5 6-2.5 6 2.5 6-2.5v13.5L15 20l-6-2.5L3 20zM9 4v13.5M15 6.5V20"/>',
        "minus": '<path d="M5 12h14"/>',
        "pause": '<circle cx="12" cy="12" r="9"/><path d="M9.8 8.5v7M14.2 8.5v7"/>',
        "phone": '<path d="M5 3.5h4l1.8 5-2.5 1.8a12 12 0 0 0 5.4 5.4l1.8-2.5 5 1.8v4c0 1-.7 1.5-1.6 1.5C10.5 20.5 3.5 13.5 3.5 5.1c0-1 .5-1.6 1.5-1.6z"/>',  # noqa: E501
        "pin": '<path d="M12 21.5s-7-6.3-7-12a7 7 0 0 1 14 0c0 5.7-7 12-7 12z"/><circle cx="12" cy="9.5" r="2.6"/>',
        "plus": '<path d="M12 5v14M5 12h14"/>',
        "print": '<path d="M7 8.5V3.5h10v5M7 17H3.5V8.5h17V17H17M7 14h10v6.5H7z"/>',
        "refresh": '<path d="M20 11a8 8 0 0 0-14.5-3.5L3.5 10M4 13a8 8 0 0 0 14.5 3.5l2-2.5M3.5 4.5V10H9M20.5 19.5V14H15"/>',  # noqa: E501
        "reply": '<path d="M3.5 4.5h17v12H11l-5 4v-4H3.5z"/><path d="m8 10.5 2.6 2.6 5-5.2"/>',
        "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>',
        "user": '<circle cx="12" cy="8" r="4.2"/><path d="M4 21c.5-4.5 3.5-7 8-7s7.5 2.5 8 7"/>',
    }
)
