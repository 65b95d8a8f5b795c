"""How people sign in, and for how long: passwords, lock-outs, second factor, sessions."""

from datetime import timedelta

from psq_geo.settings.installation import THROTTLES

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "frontend.views.pages.csrf_failure"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# In the session, whose cookie has a `__Host-` name: the default's own cookie would have a plain one.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "sectors.safeguards.LengthByRole"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotTrivial"},
]

PASSWORD_RESET_TIMEOUT = 3600

# Five wrong passwords for an account from an address, and both together wait a quarter of an hour. The form itself
# tells so (accounts/forms.py), hence no middleware of axes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockout.account_name"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

SESSION_ENGINE = "accounts.sessions"
# What a person was writing outlives their sign-in in the browser's session; whose it is stands in it.
SESSION_SURVIVORS = ["draft", "typed"]
# A function of the account: how long its session may rest without a request.
IDLE_LIMIT = "sectors.safeguards.idle_limit"

# After the first wrong code 1 s, then 2 s, 4 s…: as with the other limits, not where they are lifted.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = int(THROTTLES)

SESSION_COOKIE_AGE = 8 * 3600
