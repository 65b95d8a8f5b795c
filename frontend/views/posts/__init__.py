"""Who holds the posts and when: the calendar, and what passes from one holder to the next."""
