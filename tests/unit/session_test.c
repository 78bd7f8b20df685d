/*
 * session_test.c - sessions, their tags, events and outer network
 */
#include "sandbox/session/session.h"
#include "tests/unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

#define OK(call) \
	CHECK_STR((err_clear(&err), (call) >= 0   ? "" \
				    : err.text[0] ? err.text \
						  : "failed"), \
	    "")
#define FAILS(call, want) \
	do { \
		err_clear(&err); \
		CHECK((call) < 0); \
		CHECK_INT(err.kind, want); \
	} while (0)

static struct store *
new_store(void)
{
	char above[] = "/tmp/drydock-session-XXXXXX", home[64];
	struct store *s = NULL;

	CHECK(mkdtemp(above) != NULL);
	snprintf(home, sizeof home, "%s/home", above);
	OK(store_open(home, &s, &err));
	return s;
}

static void
end_store(struct store *s)
{
	cleanup_free char *home = xstrdup(store_home(s));
	cleanup_free char *above = path_dir(home);

	OK(store_remove_home(s, &err));
	store_free(s);
	CHECK(rmdir(above) == 0);
}

/* A blob that stands for a config: a session asks for no more than its presence. */
static void
new_image(struct store *s, const char *text, char id[65])
{
	OK(store_put_blob(s, text, strlen(text), id, &err));
}

static void
takes_only_plain_names(void)
{
	static const char *const bad[] = {
	    "", "..", ".x", "a/b", "-x", "_x", "a b", "a\n", "\xc3\xa4"};
	struct store *st = new_store();
	struct session *s = NULL;

	for (size_t i = 1; i < ARRAY_LEN(bad); i++)
		FAILS(session_open(st, bad[i], &s, &err), ERR_INPUT);
	FAILS(session_remove(st, "..", &err), ERR_INPUT);
	FAILS(session_remove(st, "", &err), ERR_INPUT);
	unsetenv("DRYDOCK_SESSION");
	OK(session_open(st, NULL, &s, &err));
	CHECK_STR(session_name(s), "default");
	session_free_p(&s);
	setenv("DRYDOCK_SESSION", "from-env.1", 1);
	OK(session_open(st, NULL, &s, &err));
	unsetenv("DRYDOCK_SESSION");
	CHECK_STR(session_name(s), "from-env.1");
	CHECK(session_store(s) == st);
	session_free(s);
	end_store(st);
}

static void
starts_with_the_library(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_session_images struct session_images l = {0};
	char id[65], got[65];

	new_image(st, "{}", id);
	OK(store_library_set(st, "docker.io/library/a:1", id, &err));
	OK(store_library_set(st, "docker.io/library/a:2", id, &err));
	OK(session_open(st, "one", &s, &err));
	CHECK_INT(session_tag_get(s, "docker.io/library/a:1", got, &err), 1);
	CHECK_STR(got, id);
	OK(session_images(s, &l, &err));
	CHECK_INT(l.len, 1);
	CHECK_STR(l.list[0].id, id);
	CHECK_INT(l.list[0].tags.len, 2);
	CHECK_STR(l.list[0].tags.v[1], "docker.io/library/a:2");
	CHECK(l.list[0].tagged > 0);
	session_free(s);
	end_store(st);
}

static void
tags_and_untags(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_session_images struct session_images l = {0};
	char a[65], b[65], got[65];

	new_image(st, "a", a);
	new_image(st, "b", b);
	OK(session_open(st, "one", &s, &err));
	CHECK_INT(session_tag_get(s, "x:1", got, &err), 0);
	OK(session_tag_set(s, "x:1", a, &err));
	OK(session_tag_set(s, "x:1", b, &err)); /* moves: a stays, untagged */
	CHECK_INT(session_tag_get(s, "x:1", got, &err), 1);
	CHECK_STR(got, b);
	OK(session_images(s, &l, &err));
	CHECK_INT(l.len, 2);
	CHECK_INT(session_tag_remove(s, "x:1", &err), 1);
	CHECK_INT(session_tag_remove(s, "x:1", &err), 0);
	OK(session_tag_set(s, NULL, a, &err));
	OK(session_tag_set(s, "y:1", a, &err));
	OK(session_image_remove(s, a, &err));
	CHECK_INT(session_tag_get(s, "y:1", got, &err), 0);
	OK(session_images(s, &l, &err));
	CHECK_INT(l.len, 1);
	CHECK_STR(l.list[0].id, b);
	FAILS(session_tag_set(s, "z", "../x", &err), ERR_INPUT);
	a[0] = a[0] == '0' ? '1' : '0';
	FAILS(session_tag_set(s, "z", a, &err), ERR_NOT_FOUND);
	session_free(s);
	end_store(st);
}

static void
treats_a_lost_image_as_absent(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_session_images struct session_images l = {0};
	char id[65], got[65], path[100];

	new_image(st, "a", id);
	OK(session_open(st, "one", &s, &err));
	OK(session_tag_set(s, "x:1", id, &err));
	snprintf(path, sizeof path, "store/blobs/%s", id);
	CHECK(unlinkat(store_home_dir(st), path, 0) == 0);
	CHECK_INT(session_tag_get(s, "x:1", got, &err), 0);
	OK(session_images(s, &l, &err));
	CHECK_INT(l.len, 0);
	session_free(s);
	end_store(st);
}

/* Ten processes set ten tags each: none is lost. */
static void
loses_no_tag_to_others(void)
{
	enum { MANY = 10 };
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_session_images struct session_images l = {0};
	char id[65];

	new_image(st, "a", id);
	for (int p = 0; p < MANY; p++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid > 0)
			continue;
		if (session_open(st, "same", &s, &err) < 0)
			_exit(1);
		for (int i = 0; i < MANY; i++) {
			char tag[32];

			snprintf(tag, sizeof tag, "t%d:%d", p, i);
			if (session_tag_set(s, tag, id, &err) < 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int p = 0; p < MANY; p++) {
		int status = 1;

		wait(&status);
		CHECK_INT(status, 0);
	}
	OK(session_open(st, "same", &s, &err));
	OK(session_images(s, &l, &err));
	CHECK_INT(l.len, 1);
	CHECK_INT(l.list[0].tags.len, MANY * MANY);
	session_free(s);
	end_store(st);
}

static void
logs_events(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_buf struct buf all = BUF_INIT(10000), rest = BUF_INIT(10000);
	cleanup_json json_t *j = NULL;
	cleanup_fd int fd = -1, later = -1;
	size_t first;

	OK(session_open(st, "one", &s, &err));
	session_event(
	    s, "container", "start", "abc", json_pack("{s:s}", "name", "w\n\"b"));
	fd = session_events_open(s, 0, &err);
	OK(fd_slurp(fd, "events", &all, &err));
	first = all.len;
	CHECK(first > 0 && strchr(all.s, '\n') == all.s + first - 1);
	j = json_loads(all.s, 0, NULL);
	CHECK_STR(json_get_str(j, "action", ""), "start");
	CHECK_STR(json_get_str(json_object_get(j, "attributes"), "name", ""), "w\n\"b");
	CHECK(json_get_int(j, "time", 0) > 0);
	session_event(s, "image", "tag", "def", NULL);
	later = session_events_open(s, (long long)first, &err);
	OK(fd_slurp(later, "events", &rest, &err));
	CHECK(strstr(rest.s, "\"tag\"") != NULL && strstr(rest.s, "start") == NULL);
	session_free(s);
	end_store(st);
}

static void
finds_the_outer_network(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	struct stat ours, got;
	cleanup_fd int fd = -1;
	pid_t keeper = fork();

	if (keeper == 0) {
		pause();
		_exit(0);
	}
	OK(session_open(st, "one", &s, &err));
	CHECK_INT(session_outer_netns(s), -1);
	OK(session_set_outer(s, keeper, &err));
	fd = session_outer_netns(s);
	CHECK(fd >= 0 && fstat(fd, &got) == 0 && stat("/proc/self/ns/net", &ours) == 0);
	CHECK(ours.st_ino == got.st_ino);
	kill(keeper, SIGKILL);
	waitpid(keeper, NULL, 0);
	CHECK_INT(session_outer_netns(s), -1);
	FAILS(session_set_outer(s, keeper, &err), ERR_NOT_FOUND);
	OK(session_set_outer(s, 0, &err));
	OK(session_set_outer(s, 0, &err));
	session_free(s);
	end_store(st);
}

static void
lists_and_removes(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	cleanup_vec struct vec names = VEC_INIT, left = VEC_INIT;

	OK(session_open(st, "b", &s, &err));
	CHECK(mkdirat(session_containers_dir(s), "x", 0755) == 0);
	CHECK(symlinkat("/tmp", session_trash_dir(s), "link") == 0);
	CHECK(session_names_dir(s) >= 0 && session_dir(s) >= 0);
	session_free_p(&s);
	OK(session_open(st, "a", &s, &err));
	session_free_p(&s);
	/* what a killed process leaves */
	CHECK(mkdirat(store_home_dir(st), "sessions/.new-dead", 0755) == 0);
	OK(session_list(st, &names, &err));
	CHECK_INT(names.len, 2);
	CHECK_STR(names.v[0], "a");
	OK(session_remove(st, "b", &err));
	FAILS(session_remove(st, "b", &err), ERR_NOT_FOUND);
	OK(session_open(st, "c", &s, &err));
	session_free(s);
	CHECK(faccessat(store_home_dir(st), "sessions/.new-dead", F_OK, 0) < 0);
	OK(session_list(st, &left, &err));
	CHECK_INT(left.len, 2);
	CHECK_STR(left.v[1], "c");
	end_store(st);
}

struct writing {
	int at;
};

static int
write_there(void *arg, struct err *e)
{
	struct writing *w = arg;

	if (mkdirat(w->at, "c", 0755) < 0 || fchownat(w->at, "c", 0, 0, 0) < 0)
		return err_sys(e, "cannot make a container's folder");
	return mkdirat(w->at, "c/u", 0) < 0 ? err_sys(e, "cannot make 'c/u'") : 0;
}

static void
lets_the_mapped_root_write(void)
{
	struct store *st = new_store();
	struct session *s = NULL;
	struct holder *h = store_holder(st, &err);
	struct writing w;

	if (h == NULL && err.kind == ERR_UNSUPPORTED) {
		end_store(st);
		SKIP("user namespaces are refused here");
	}
	CHECK(h != NULL);
	OK(session_open(st, "one", &s, &err));
	w.at = session_containers_dir(s);
	OK(holder_call(h, 0, write_there, &w, &err));
	w.at = session_trash_dir(s);
	OK(holder_call(h, 0, write_there, &w, &err));
	session_free(s);
	OK(session_remove(st, "one", &err));
	end_store(st);
}

/* ---- checkpoints ---- */

static int
workspace_new(char path[32])
{
	str_copy(path, 32, "/tmp/drydock-work-XXXXXX");
	CHECK(mkdtemp(path) != NULL);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
put(int at, const char *name, const char *text)
{
	OK(fd_write_file(at, name, text, strlen(text), 0644, &err));
}

static void
holds(int at, const char *name, const char *want)
{
	cleanup_buf struct buf b = BUF_INIT(4096);

	OK(fd_read_file(at, name, &b, &err));
	CHECK_STR(b.s, want);
}

static bool
there(int at, const char *name)
{
	return faccessat(at, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A session "one" with a tag, a container's folder and a workspace. */
static struct session *
lived_in(struct store *st, int work, const char *path, char id[65])
{
	struct session *s = NULL;
	cleanup_free char *config =
	    xasprintf("{\"binds\":[\"%s/sub:/data\",\"/other:/o\"]}", path);

	new_image(st, "{}", id);
	OK(session_open(st, "one", &s, &err));
	OK(session_tag_set(s, "x:1", id, &err));
	CHECK(mkdirat(session_containers_dir(s), "c1", 0711) == 0);
	put(session_containers_dir(s), "c1/config.json", config);
	put(session_names_dir(s), "web", "c1");
	CHECK(mkdirat(work, "sub", 0755) == 0);
	put(work, "sub/file", "first");
	CHECK(symlinkat("sub/file", work, "link") == 0);
	return s;
}

static void
goes_back_to_a_checkpoint(void)
{
	struct store *st = new_store();
	char path[32], id[65], got[65];
	int work = workspace_new(path);
	struct session *s = lived_in(st, work, path, id);
	cleanup_vec struct vec keys = VEC_INIT;
	cleanup_json json_t *about = NULL;

	OK(session_checkpoint_make(s, "k1", work, path, NULL, &err));
	OK(session_tag_remove(s, "x:1", &err));
	OK(session_tag_set(s, "y:1", id, &err));
	put(work, "sub/file", "second, longer");
	put(work, "new", "new");
	put(session_names_dir(s), "other", "c2");
	CHECK(unlinkat(session_names_dir(s), "web", 0) == 0);
	OK(session_checkpoint_open(s, s, "k1", SESSION_REPLACE, work, path, &err));
	CHECK_INT(session_tag_get(s, "x:1", got, &err), 1);
	CHECK_INT(session_tag_get(s, "y:1", got, &err), 0);
	holds(work, "sub/file", "first");
	holds(work, "link", "first");
	CHECK(!there(work, "new"));
	holds(session_names_dir(s), "web", "c1");
	CHECK(!there(session_names_dir(s), "other"));
	CHECK(there(session_containers_dir(s), "c1/config.json"));
	CHECK(session_checkpoint_pending(s) == NULL);
	session_checkpoint_list(s, &keys);
	CHECK_INT(keys.len, 1);
	about = session_checkpoint_about(s, "k1");
	CHECK_STR(json_get_str(about, "workspace", ""), path);
	OK(session_checkpoint_drop(s, "k1", &err));
	OK(session_checkpoint_drop(s, "k1", &err));
	CHECK(session_checkpoint_about(s, "k1") == NULL);
	FAILS(session_checkpoint_open(s, s, "k1", SESSION_REPLACE, work, path, &err),
	    ERR_NOT_FOUND);
	FAILS(session_checkpoint_make(s, "../x", work, path, NULL, &err), ERR_INPUT);
	session_free(s);
	close(work);
	fd_remove_tree(AT_FDCWD, path);
	end_store(st);
}

static void
adds_a_checkpoint_to_another_session(void)
{
	struct store *st = new_store();
	char path[32], mine[32], id[65], got[65];
	int work = workspace_new(path), here = workspace_new(mine);
	struct session *s = lived_in(st, work, path, id), *two = NULL;
	cleanup_free char *moved =
	    xasprintf("{\"binds\":[\"%s/sub:/data\",\"/other:/o\"]}", mine);

	OK(session_checkpoint_make(s, "k1", work, path, NULL, &err));
	OK(session_open(st, "two", &two, &err));
	OK(session_tag_set(two, "mine:1", id, &err));
	put(here, "mine", "mine");
	OK(session_checkpoint_open(two, s, "k1", SESSION_ADD, here, mine, &err));
	CHECK_INT(session_tag_get(two, "mine:1", got, &err), 1);
	CHECK_INT(session_tag_get(two, "x:1", got, &err), 1);
	holds(here, "mine", "mine");
	holds(here, "sub/file", "first");
	/* the folder that a container was given is where the student is */
	holds(session_containers_dir(two), "c1/config.json", moved);
	session_free(two);
	session_free(s);
	close(work);
	close(here);
	fd_remove_tree(AT_FDCWD, path);
	fd_remove_tree(AT_FDCWD, mine);
	end_store(st);
}

static void
remembers_an_opening_that_was_cut_off(void)
{
	struct store *st = new_store();
	char path[32], id[65];
	int work = workspace_new(path);
	struct session *s = lived_in(st, work, path, id);
	cleanup_json json_t *pending = NULL;

	OK(session_checkpoint_make(s, "k1", work, path, NULL, &err));
	/* as a process leaves it that was killed in the middle */
	put(session_dir(s), "opening", "{\"key\":\"k1\",\"session\":\"one\"}");
	pending = session_checkpoint_pending(s);
	CHECK_STR(json_get_str(pending, "key", ""), "k1");
	OK(session_checkpoint_open(s, s, "k1", SESSION_REPLACE, work, path, &err));
	CHECK(session_checkpoint_pending(s) == NULL);
	session_free(s);
	close(work);
	fd_remove_tree(AT_FDCWD, path);
	end_store(st);
}

TEST_MAIN({"only plain names are sessions", takes_only_plain_names},
    {"a new session has the library's tags", starts_with_the_library},
    {"tags are set, moved and removed", tags_and_untags},
    {"a tag without its image is absent", treats_a_lost_image_as_absent},
    {"no tag is lost to another process", loses_no_tag_to_others},
    {"events are lines of JSON", logs_events},
    {"the outer network is its keeper's", finds_the_outer_network},
    {"sessions are listed and removed", lists_and_removes},
    {"the mapped root writes containers and trash", lets_the_mapped_root_write},
    {"a checkpoint brings everything back", goes_back_to_a_checkpoint},
    {"or is added to another session", adds_a_checkpoint_to_another_session},
    {"an opening that was cut off is known", remembers_an_opening_that_was_cut_off})
