/*
 * hub_test.c - names, accounts and records of the hub
 */
#include "sandbox/hub/private.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
make_dir(char path[32])
{
	int dir;

	strcpy(path, "/tmp/hub-test-XXXXXX");
	CHECK(mkdtemp(path) != NULL);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(dir >= 0);
	return dir;
}

static void
drop_dir(int dir, const char *path)
{
	close(dir);
	fd_remove_tree(AT_FDCWD, path);
}

static void
names_of_repositories(void)
{
	static const char *const good[] = {
	    "a", "student/app", "a/b/c", "my-app", "my__app", "my---app", "a.b"};
	static const char *const bad[] = {"", "/", "a/", "/a", "A", "a//b", "a..b",
	    "a._b", "-a", "a-", "a___/b", "../a", "a/../b", "a b", "a+b", "a~b", "a\nb"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(repo_name_ok(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!repo_name_ok(bad[i]));
}

static void
accounts_have_one_password(void)
{
	char path[32];
	int dir = make_dir(path);
	struct err err = ERR_INIT;
	struct stat st;

	CHECK_INT(hub_account_has(dir, "student", &err), 0);
	CHECK_INT(hub_account_add(dir, "student", "secret", &err), 0);
	CHECK_INT(hub_account_has(dir, "student", &err), 1);
	CHECK_INT(hub_account_check(dir, "student", "secret", &err), 1);
	CHECK_INT(hub_account_check(dir, "student", "Secret", &err), 0);
	CHECK_INT(hub_account_check(dir, "nobody", "", &err), 0);
	CHECK_INT(hub_account_add(dir, "student", "other", &err), -1);
	CHECK_INT(err.kind, ERR_CONFLICT);
	CHECK_INT(hub_account_add(dir, "Student", "x", &err), -1);
	CHECK_INT(err.kind, ERR_INPUT);
	CHECK_INT(hub_account_add(dir, "other", "", &err), -1);
	CHECK_INT(fstatat(dir, "accounts.json", &st, 0), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	drop_dir(dir, path);
}

static void
what_is_not_there_is_empty(void)
{
	char path[32];
	int dir = make_dir(path);
	struct err err = ERR_INIT;
	cleanup_json json_t *j = hub_repository(dir, "student/app", &err);
	cleanup_vec struct vec names = VEC_INIT;

	CHECK(j != NULL);
	CHECK_INT(json_object_size(json_object_get(j, "tags")), 0);
	CHECK_INT(hub_repositories(dir, &names, &err), 0);
	CHECK_INT(names.len, 0);
	drop_dir(dir, path);
}

static void
records_are_found_by_name(void)
{
	char path[32];
	int dir = make_dir(path);
	struct hub h = {.dir = dir};
	struct err err = ERR_INIT;
	cleanup_json json_t *j = repo_load(&h, "student/app"), *again = NULL;
	cleanup_vec struct vec names = VEC_INIT;
	char hex[65];

	memset(hex, 'a', 64);
	hex[64] = '\0';
	json_object_set_new(json_object_get(j, "tags"), "latest", json_string(hex));
	CHECK_INT(repo_save(&h, "student/app", j, &err), 0);
	again = repo_load(&h, "student/app");
	CHECK_STR(repo_resolve(again, "latest"), hex);
	CHECK(repo_resolve(again, "v2") == NULL);
	CHECK_INT(hub_repositories(dir, &names, &err), 0);
	CHECK_INT(names.len, 1);
	CHECK_STR(names.v[0], "student/app");
	drop_dir(dir, path);
}

TEST_MAIN(
    {"names of repositories are those of the distribution spec", names_of_repositories},
    {"an account has one password", accounts_have_one_password},
    {"what is not there is empty", what_is_not_there_is_empty},
    {"records are found by name", records_are_found_by_name})
