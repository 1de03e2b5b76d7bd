"""The addresses of this app.

Of allauth's views those stand here that are needed, and no other: nobody signs up, adds addresses or connects accounts.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as provider
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from service.accounts.views import colleagues, door, invitations, own, people

urlpatterns = [
    path("", people.account_list, name="account-list"),
    path("people/<uuid:person>/", people.account, name="account"),
    path("people/<uuid:person>/name/", people.correct_name, name="account-name"),
    path("people/<uuid:person>/roles/", people.give_role, name="account-role"),
    path("people/<uuid:person>/close/", people.close, name="account-close"),
    path("people/<uuid:person>/reopen/", people.reopen, name="account-reopen"),
    path("people/<uuid:person>/second-factor/", people.reset_second_factor, name="account-second-factor-reset"),
    path("roles/<uuid:membership>/end/", people.end_role, name="role-end"),
    path("invitations/", invitations.invitation_list, name="invitation-list"),
    path("invitations/new/", invitations.invite, name="account-invite"),
    path("invitations/<uuid:invitation>/resend/", invitations.resend, name="invitation-resend"),
    path("invitations/<uuid:invitation>/withdraw/", invitations.withdraw, name="invitation-withdraw"),
    path("colleagues/", colleagues.colleague_schools, name="colleagues"),
    path("colleagues/<uuid:school>/", colleagues.colleagues_of, name="colleagues-of"),
    path("colleagues/<uuid:school>/name/", colleagues.name_colleague, name="colleague-name"),
    path("colleagues/roles/<uuid:membership>/send-again/", colleagues.send_again, name="colleague-send-again"),
    path("colleagues/roles/<uuid:membership>/withdraw/", colleagues.withdraw, name="colleague-withdraw"),
    path("colleagues/roles/<uuid:membership>/end/", colleagues.end, name="colleague-end"),
    path("invited/<str:token>/", invitations.accept, name="invitation-accept"),
    path("own/", own.own_account, name="own-account"),
    path("own/password/", own.change_password, name="account_change_password"),
    path("sign-in/refused/", door.refused, name="sign-in-refused"),
    # allauth
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("again/key/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("password/new/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("own/second-factor/", mfa.index, name="mfa_index"),
    path("own/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("own/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("own/second-factor/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("own/second-factor/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("own/second-factor/keys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("own/second-factor/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("own/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("own/recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "own/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("own/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("provider/<slug:provider_id>/", provider.login, name="openid_connect_login"),
    path("provider/<slug:provider_id>/back/", provider.callback, name="openid_connect_callback"),
]
