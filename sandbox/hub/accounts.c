/*
 * accounts.c - who may push
 *
 * Passwords are kept as PBKDF2 (RFC 8018) of themselves and a salt.  Written under a
 * lock: the server and a `docker login` that makes an account may come together.
 */
#include "sandbox/hub/private.h"
#include <fcntl.h>
#include <nettle/memops.h>
#include <nettle/pbkdf2.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { SALT = 16, HASH = 32, ROUNDS = 20000, USER_MIN = 2, USER_MAX = 30 };

static bool
user_ok(const char *user)
{
	size_t len = strlen(user);

	return len >= USER_MIN && len <= USER_MAX &&
	       strspn(user, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

static void
derive(const char *password, const char *salt, char out[2 * HASH + 1])
{
	unsigned char hash[HASH];

	pbkdf2_hmac_sha256(strlen(password), (const uint8_t *)password, ROUNDS,
	    strlen(salt), (const uint8_t *)salt, HASH, hash);
	str_hex(hash, HASH, out);
}

static json_t *
read_accounts(int dir, struct err *err)
{
	if (faccessat(dir, "accounts.json", F_OK, 0) < 0)
		return json_object();
	return json_read_file(dir, "accounts.json", err);
}

int
hub_account_has(int dir, const char *user, struct err *err)
{
	cleanup_json json_t *all = read_accounts(dir, err);

	return all == NULL ? -1 : json_object_get(all, user) != NULL;
}

int
hub_account_add(int dir, const char *user, const char *password, struct err *err)
{
	cleanup_fd int lock =
	    openat(dir, "accounts.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cleanup_json json_t *all = NULL;
	char salt[SALT + 1], hash[2 * HASH + 1];

	if (!user_ok(user))
		return err_set(err, ERR_INPUT,
		    "'%.40s' is no name for an account: 2 to 30 of a-z and 0-9", user);
	if (*password == '\0')
		return err_set(err, ERR_INPUT, "the password is empty");
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return err_sys(err, "cannot lock the hub's accounts");
	all = read_accounts(dir, err);
	if (all == NULL)
		return -1;
	if (json_object_get(all, user) != NULL)
		return err_set(
		    err, ERR_CONFLICT, "the account '%s' exists already", user);
	str_random_hex(salt, SALT);
	derive(password, salt, hash);
	json_object_set_new(all, user,
	    json_pack("{s:s, s:s, s:I}", "salt", salt, "hash", hash, "since",
		(json_int_t)clock_now()));
	return json_write_file(dir, "accounts.json", all, 0600, err);
}

int
hub_account_check(int dir, const char *user, const char *password, struct err *err)
{
	cleanup_json json_t *all = read_accounts(dir, err);
	const json_t *one = json_object_get(all, user);
	const char *kept = json_get_str(one, "hash", "");
	char hash[2 * HASH + 1];

	if (all == NULL)
		return -1;
	derive(password, json_get_str(one, "salt", ""), hash);
	return strlen(kept) == strlen(hash) && memeql_sec(kept, hash, strlen(hash));
}
