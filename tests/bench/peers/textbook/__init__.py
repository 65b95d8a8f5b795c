"""A project as the tutorials of Django REST framework and GeoDjango write it, on the same data: the measure."""
