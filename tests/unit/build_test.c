/*
 * build_test.c - progress lines, selection of files, copying, and whole builds from
 * scratch in a DRYDOCK_HOME of the test's own
 */
#include "sandbox/build/build.h"
#include "sandbox/build/private.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- helpers -------------------------------------------------------------------------
 */

static char scratch_path[] = "/tmp/build-test-XXXXXX";

static void
remove_scratch(void)
{
	(void)fd_remove_tree(AT_FDCWD, scratch_path);
}

/* A new empty folder below the test's own, which goes when the tests end. */
static int
new_folder(char **ret_path)
{
	static int count;
	char *path;

	if (count == 0)
		CHECK(mkdtemp(scratch_path) != NULL && atexit(remove_scratch) == 0);
	path = xasprintf("%s/%d", scratch_path, count++);
	CHECK(mkdir(path, 0755) == 0);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(fd >= 0);
	if (ret_path != NULL)
		*ret_path = path;
	else
		free(path);
	return fd;
}

static void
put(int at, const char *path, const char *text)
{
	cleanup_free char *dir = path_dir(path);

	CHECK(fd_mkdirs(at, dir, 0755, NULL) == 0);
	CHECK(fd_write_file(at, path, text, strlen(text), 0644, NULL) == 0);
}

static void
check_file(int at, const char *path, const char *want)
{
	cleanup_buf struct buf got = BUF_INIT(1 << 20);

	CHECK(fd_read_file(at, path, &got, NULL) == 0);
	CHECK_STR(got.s, want);
}

static char *
all_of(int fd)
{
	struct buf b = BUF_INIT(1 << 20);

	lseek(fd, 0, SEEK_SET);
	CHECK(fd_slurp(fd, "test", &b, NULL) == 0);
	return buf_take(&b);
}

/* ---- progress
 * ---------------------------------------------------------------------------- */

static void
plain_lines_are_buildkits(void)
{
	int fd = memfd_create("plain", MFD_CLOEXEC);
	struct build_plain *p = build_plain_new(fd);
	struct build_sink s = build_plain_sink(p);
	struct build_status row = {
	    .id = "transferring dockerfile:", .current = 406, .done = true};

	s.started(s.user, 0, "[internal] load build definition from Dockerfile");
	s.status(s.user, 0, &row);
	s.ended(s.user, 0, BUILD_DONE, 12000000, NULL);
	s.started(s.user, 1, "[1/2] FROM docker.io/library/busybox:latest");
	s.ended(s.user, 1, BUILD_CACHED, 0, NULL);
	s.started(s.user, 2, "[2/2] RUN false");
	s.log(s.user, 2, 138400000, "before", 6);
	s.ended(s.user, 2, BUILD_ERROR, 0, "process failed");
	s.ended(s.user, 2, BUILD_DONE, 0, NULL);
	cleanup_free char *got = all_of(fd);
	CHECK_STR(got, "#0 building with \"default\" instance using docker driver\n"
		       "\n#1 [internal] load build definition from Dockerfile\n"
		       "#1 transferring dockerfile: 406B done\n"
		       "#1 DONE 0.0s\n"
		       "\n#2 [1/2] FROM docker.io/library/busybox:latest\n"
		       "#2 CACHED\n"
		       "\n#3 [2/2] RUN false\n"
		       "#3 0.138 before\n"
		       "#3 ERROR: process failed\n");
	build_plain_free(p);
	close(fd);
}

static void
leaving_a_vertex_is_marked(void)
{
	int fd = memfd_create("plain", MFD_CLOEXEC);
	struct build_plain *p = build_plain_new(fd);
	struct build_sink s = build_plain_sink(p);
	struct build_status row = {.id = "extracting",
	    .current = 1234567,
	    .total = 20000000,
	    .duration = NS_PER_S * 3 / 2};

	s.started(s.user, 0, "a");
	s.started(s.user, 1, "b");
	s.started(s.user, 2, "c");
	s.status(s.user, 1, &row);
	s.log(s.user, 0, 12 * NS_PER_S, "x", 1);
	s.log(s.user, 2, NS_PER_S, "waits", 5);
	s.log(s.user, 0, 120 * NS_PER_S, "y", 1);
	s.ended(s.user, 1, BUILD_DONE, 0, NULL);
	s.log(s.user, 0, 121 * NS_PER_S, "z", 1);
	s.ended(s.user, 0, BUILD_ERROR, 0, "wrong");
	s.ended(s.user, 2, BUILD_CANCELED, 0, NULL);
	cleanup_free char *got = all_of(fd);
	CHECK_STR(got, "#0 building with \"default\" instance using docker driver\n"
		       "\n#1 a\n#1 12.00 x\n#1 120.0 y\n#1 ...\n"
		       "\n#2 b\n#2 extracting 1.23MB / 20.00MB 1.5s\n#2 DONE 0.0s\n"
		       "\n#3 c\n#3 1.000 waits\n#3 ...\n"
		       "\n#1 a\n#1 121.0 z\n#1 ERROR: wrong\n"
		       "\n#3 c\n#3 CANCELED\n");
	build_plain_free(p);
	close(fd);
}

static void
failures_are_worded_as_docker_does(void)
{
	cleanup_build_result struct build_result r = BUILD_RESULT_INIT;
	cleanup_buf struct buf out = BUF_INIT(4096), quiet = BUF_INIT(4096);
	struct err err = ERR_INIT;

	r.vertex = xstrdup("[2/2] RUN false");
	vec_add(&r.logs, "0.138 before");
	r.frame = xstrdup("Dockerfile:2\n");
	err_set(&err, ERR_INPUT, "it failed");
	build_add_failure(&out, &r, &err, false);
	CHECK_STR(out.s, "------\n > [2/2] RUN false:\n0.138 before\n------\n"
			 "Dockerfile:2\nERROR: failed to solve: it failed\n");
	build_add_failure(&quiet, &r, &err, true);
	CHECK_STR(quiet.s, "Dockerfile:2\nERROR: failed to solve: it failed\n");
}

/* ---- files
 * --------------------------------------------------------------------------------- */

/* Names that a source means, joined by spaces; "missing" when it is not there. */
static char *
names_of(const struct build_root *root, const char *source)
{
	cleanup_build_tree struct build_tree t = {0};
	cleanup_vec struct vec names = VEC_INIT;
	struct err err = ERR_INIT;

	if (build_tree_add(&t, root, source, &err) < 0)
		return xstrdup(err.kind == ERR_NOT_FOUND ? err.text : "error");
	for (size_t i = 0; i < t.len; i++)
		vec_add(&names, t.v[i].name);
	return vec_join(&names, " ");
}

static void
check_names(const struct build_root *root, const char *source, const char *want)
{
	cleanup_free char *got = names_of(root, source);
	CHECK_STR(got, want);
}

static int
sample(void)
{
	int fd = new_folder(NULL);

	put(fd, "a.txt", "a");
	put(fd, "src/x.py", "x");
	put(fd, "src/y.txt", "y");
	put(fd, "src/deep/z.py", "z");
	CHECK(symlinkat("src", fd, "link") == 0);
	CHECK(symlinkat("/a.txt", fd, "abs") == 0);
	CHECK(symlinkat("../../../../etc/passwd", fd, "out") == 0);
	return fd;
}

static void
sources_mean_what_copy_says(void)
{
	cleanup_fd int fd = sample();
	const struct build_root root = {.fd = fd};

	check_names(&root, "a.txt", "f/a.txt");
	check_names(&root, "/a.txt", "f/a.txt");
	check_names(&root, "../../a.txt", "f/a.txt");
	check_names(&root, "src", "d/ d/deep d/deep/z.py d/x.py d/y.txt");
	check_names(&root, "link", "d/ d/deep d/deep/z.py d/x.py d/y.txt");
	check_names(&root, "abs", "f/abs");
	check_names(&root, "src/*.py", "f/x.py");
	check_names(&root, "*/x.py", "f/x.py f/x.py");
	check_names(&root, "*.none", "");
	check_names(&root, "none.txt", "\"/none.txt\": not found");
	check_names(&root, "a.txt/b", "\"/a.txt/b\": not found");
	check_names(&root, "out", "\"/out\": not found");
}

static void
what_is_ignored_does_not_exist(void)
{
	static const char text[] = "*\n!src\nsrc/*.txt\n";
	cleanup_fd int fd = sample();
	cleanup_ignore struct ignore *ig = ignore_parse(text, sizeof text - 1, NULL);
	const struct build_root root = {.fd = fd, .ignore = ig};

	CHECK(ig != NULL);
	check_names(&root, ".", "d/ d/src d/src/deep d/src/deep/z.py d/src/x.py");
	check_names(&root, "a.txt", "\"/a.txt\": not found");
	check_names(&root, "src/y.txt", "\"/src/y.txt\": not found");
	check_names(&root, "*.txt", "");
}

static void
digest_of(int fd, const char *source, char out[HASH_HEX + 1])
{
	cleanup_build_tree struct build_tree t = {0};
	const struct build_root root = {.fd = fd};

	CHECK(build_tree_add(&t, &root, source, NULL) == 0);
	build_tree_digest(&t, false, out);
}

static void
digests_see_content_and_mode_but_no_times(void)
{
	cleanup_fd int fd = sample();
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char a[HASH_HEX + 1], b[HASH_HEX + 1];

	digest_of(fd, "src", a);
	CHECK(utimensat(fd, "src/x.py", times, 0) == 0);
	digest_of(fd, "src", b);
	CHECK_STR(b, a);
	CHECK(fchmodat(fd, "src/x.py", 0755, 0) == 0);
	digest_of(fd, "src", b);
	CHECK(!str_eq(a, b));
	CHECK(fchmodat(fd, "src/x.py", 0644, 0) == 0);
	put(fd, "src/x.py", "X");
	digest_of(fd, "src", b);
	CHECK(!str_eq(a, b));
	put(fd, "src/x.py", "x");
	CHECK(renameat(fd, "src/x.py", fd, "src/w.py") == 0);
	digest_of(fd, "src", b);
	CHECK(!str_eq(a, b));
}

static void
a_known_file_is_not_read_again(void)
{
	cleanup_fd int fd = sample(), dir = new_folder(NULL);
	const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char want[HASH_HEX + 1];
	struct stat st;

	/* its ctime must be older than the clock's grain */
	CHECK(utimensat(fd, "a.txt", old, 0) == 0);
	usleep(30000);
	for (int round = 0; round < 3; round++) {
		cleanup_build_tree struct build_tree t = {0};
		struct build_root root = {.fd = fd};
		if (round == 2)
			put(fd, "a.txt", "b");
		root.cache = build_statcache_open(
		    openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd);
		CHECK(build_tree_add(&t, &root, "a.txt", NULL) == 0);
		CHECK_INT(t.read, round == 1 ? 0 : 1);
		hash_data(round == 2 ? "b" : "a", 1, want);
		CHECK_STR(t.v[0].digest, want);
		CHECK(fstatat(fd, "a.txt", &st, 0) == 0);
		build_statcache_close(root.cache);
	}
}

/* Copies source from one folder to another as COPY does; the error's text or "". */
static char *
copy(int from, const char *source, int to, const struct build_copy *how, bool unpack)
{
	cleanup_build_tree struct build_tree t = {0};
	const struct build_root root = {.fd = from, .unpack = unpack};
	struct err err = ERR_INIT;
	int ends[2];

	CHECK(build_tree_add(&t, &root, source, NULL) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		bool changed;
		close(ends[0]);
		_exit(build_send(&t, from, true, false, ends[1], &changed, NULL) < 0);
	}
	close(ends[1]);
	mode_t mask = umask(022);
	build_apply(ends[0], to, how, true, -1, &err);
	umask(mask);
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return xstrdup(err.text);
}

static void
check_copy(int from, const char *source, int to, const char *dest, const char *want)
{
	const struct build_copy how = {.dest = dest};
	cleanup_free char *got = copy(from, source, to, &how, false);
	CHECK_STR(got, want);
}

static void
copies_go_where_docker_puts_them(void)
{
	cleanup_fd int from = sample(), to = new_folder(NULL);

	check_copy(from, "a.txt", to, "/one", "");
	check_file(to, "one", "a");
	check_copy(from, "a.txt", to, "/dir/", "");
	check_file(to, "dir/a.txt", "a");
	check_copy(from, "a.txt", to, "/dir", "");
	check_copy(from, "src", to, "/whole", "");
	check_file(to, "whole/deep/z.py", "z");
	check_copy(from, "src/*.py", to, "/py/", "");
	check_file(to, "py/x.py", "x");
	check_copy(from, "src", to, "/one", "cannot copy to non-directory: /one");
	CHECK(mkdirat(to, "whole/x", 0755) == 0);
	put(from, "src/x", "file");
	check_copy(from, "src", to, "/whole", "cannot replace to directory x with file");
	/* a link in the image stays inside it */
	CHECK(symlinkat("/dir", to, "there") == 0);
	check_copy(from, "src/y.txt", to, "/there/", "");
	check_file(to, "dir/y.txt", "y");
	CHECK(symlinkat("../../../target", to, "file-link") == 0);
	check_copy(from, "a.txt", to, "/file-link", "");
	check_file(to, "target", "a");
}

static void
modes_times_and_links_are_kept(void)
{
	cleanup_fd int from = sample(), to = new_folder(NULL);
	const struct timespec times[2] = {{.tv_sec = 1000}, {1000, 500}};
	const struct build_copy plain = {.dest = "/d/"},
				chmod_copy = {.dest = "/m/", .chmod = "u=rwX,go=rX"};
	struct stat a, b;

	CHECK(fchmodat(from, "src/x.py", 0751, 0) == 0);
	CHECK(utimensat(from, "src/x.py", times, 0) == 0);
	CHECK(linkat(from, "src/y.txt", from, "src/z.txt", 0) == 0);
	CHECK(utimensat(from, "src/deep", times, 0) == 0);
	cleanup_free char *one = copy(from, "src", to, &plain, false);
	CHECK_STR(one, "");
	CHECK(fstatat(to, "d/x.py", &a, 0) == 0);
	CHECK_INT(a.st_mode & 07777, 0751);
	CHECK_INT(a.st_mtim.tv_sec, 1000);
	CHECK_INT(a.st_mtim.tv_nsec, 500);
	CHECK(fstatat(to, "d/deep", &a, 0) == 0);
	CHECK_INT(a.st_mtim.tv_sec, 1000);
	CHECK(fstatat(to, "d/y.txt", &a, 0) == 0 && fstatat(to, "d/z.txt", &b, 0) == 0);
	CHECK_INT(a.st_ino, b.st_ino);
	cleanup_free char *two = copy(from, ".", to, &chmod_copy, false);
	CHECK_STR(two, "");
	CHECK(fstatat(to, "m/src/x.py", &a, 0) == 0);
	CHECK_INT(a.st_mode & 07777, 0755);
	CHECK(fstatat(to, "m/link", &a, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(S_ISLNK(a.st_mode));
}

static void
add_unpacks_archives_and_keeps_them_inside(void)
{
	char *path;
	cleanup_fd int from = new_folder(&path), to = new_folder(NULL);
	cleanup_free char *owned = path;
	cleanup_free char *make =
	    xasprintf("cd %s && mkdir -p in/sub && echo hi > in/sub/f && "
		      "tar -czf pack.tgz -C in sub "
		      "--transform 's,^sub/f$,sub/../../../f,' && "
		      "tar -cf plain.tar -P -C in sub",
		path);
	const struct build_copy how = {.dest = "/opt"};

	CHECK(system(make) == 0);
	cleanup_free char *one = copy(from, "plain.tar", to, &how, true);
	CHECK_STR(one, "");
	check_file(to, "opt/sub/f", "hi\n");
	cleanup_free char *two = copy(from, "pack.tgz", to, &how, true);
	CHECK_STR(two, "");
	check_file(to, "opt/f", "hi\n");
	/* COPY does not unpack */
	cleanup_free char *three = copy(from, "plain.tar", to, &how, false);
	CHECK_STR(three, "");
	CHECK(faccessat(to, "opt/plain.tar", F_OK, 0) == 0);
}

static void
owners_come_from_the_images_files(void)
{
	cleanup_fd int root = new_folder(NULL);

	put(root, "etc/passwd",
	    "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n");
	put(root, "etc/group", "root:x:0:\nstaff:x:50:app\n");
	static const struct {
		const char *text;
		bool same;
		unsigned uid, gid;
	} cases[] = {{"app", true, 1000, 1001}, {"app:staff", true, 1000, 50},
	    {"5", true, 5, 5}, {"1000", false, 1000, 1001}, {"5", false, 5, 0},
	    {"5:7", true, 5, 7}, {"nobody", true, 0, 0}, {"", false, 0, 0}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct build_owner o =
		    build_owner_find(root, cases[i].text, cases[i].same);
		CHECK_INT(o.uid, cases[i].uid);
		CHECK_INT(o.gid, cases[i].gid);
	}
}

/* ---- history
 * -------------------------------------------------------------------------------- */

static void
entries_without_layers_take_their_neighbours_time(void)
{
	struct image_config c = IMAGE_CONFIG_INIT;

	image_config_add_history(&c, 5, "base", NULL, false);
	image_config_add_history(&c, IMAGE_NO_TIME, "ENV", NULL, true);
	image_config_add_history(&c, 20, "RUN", NULL, false);
	image_config_add_history(&c, IMAGE_NO_TIME, "CMD", NULL, true);
	build_history_times(&c, 1);
	CHECK_INT(c.history[0].created, 5);
	CHECK_INT(c.history[1].created, 20);
	CHECK_INT(c.history[3].created, 20);
	CHECK_INT(c.created, 20);
	image_config_done(&c);
	image_config_add_history(&c, 5, "base", NULL, false);
	image_config_add_history(&c, IMAGE_NO_TIME, "CMD", NULL, true);
	build_history_times(&c, 1);
	CHECK_INT(c.history[1].created, 5);
	image_config_done(&c);
}

/* ---- whole builds
 * ------------------------------------------------------------------------------ */

struct world {
	struct store *store;
	struct session *session;
	int context;
};

static void
open_world(struct world *w)
{
	char *home;
	struct err err = ERR_INIT;

	close(new_folder(&home));
	w->context = new_folder(NULL);
	CHECK(store_open(home, &w->store, &err) == 0);
	free(home);
	CHECK(session_open(w->store, "test", &w->session, &err) == 0);
	/* mapped ids must reach the folder */
	CHECK(chmod(scratch_path, 0711) == 0);
	if (store_holder(w->store, &err) == NULL) {
		SKIP("no user namespaces here");
	}
}

static void
close_world(struct world *w)
{
	session_free(w->session);
	store_remove_home(w->store, NULL);
	store_free(w->store);
	close(w->context);
}

struct count {
	int cached, done, started;
};

static void
count_started(void *user, int vertex, const char *name)
{
	(void)vertex;
	(void)name;
	((struct count *)user)->started++;
}

static void
count_ended(
    void *user, int vertex, enum build_end end, int64_t duration, const char *text)
{
	(void)vertex;
	(void)duration;
	(void)text;
	((struct count *)user)->cached += end == BUILD_CACHED;
	((struct count *)user)->done += end == BUILD_DONE;
}

static int
build(struct world *w, const char *text, const char *tag, struct count *n,
    struct build_result *ret, struct err *err)
{
	cleanup_vec struct vec tags = VEC_INIT;
	const struct build_sink sink = {
	    .user = n, .started = count_started, .ended = count_ended};

	*n = (struct count){0};
	if (tag != NULL)
		vec_add(&tags, tag);
	const struct build_spec spec = {.dockerfile = text,
	    .dockerfile_len = strlen(text),
	    .dockerfile_name = "Dockerfile",
	    .context = w->context,
	    .tags = &tags,
	    .epoch = -1};
	return build_run(w->session, &spec, &sink, ret, err);
}

#define APP "docker.io/library/app:latest"
static const char app[] =
    "FROM scratch\nWORKDIR /app\nENV A=1\nCOPY a.txt b/\nCMD [\"/x\"]\n";

static void
a_rebuild_gives_the_same_image(void)
{
	struct world w;
	struct count n;
	struct err err = ERR_INIT;
	cleanup_build_result struct build_result one = BUILD_RESULT_INIT,
						 two = BUILD_RESULT_INIT;
	struct image_config c = IMAGE_CONFIG_INIT;
	char id[65];

	open_world(&w);
	put(w.context, "a.txt", "a");
	CHECK(build(&w, app, APP, &n, &one, &err) == 0);
	CHECK_INT(n.cached, 0);
	CHECK(session_tag_get(w.session, APP, id, &err) == 1);
	CHECK_STR(id, one.id);
	put(w.context, "a.txt", "a"); /* written anew: another inode, same bytes */
	CHECK(build(&w, app, APP, &n, &two, &err) == 0);
	CHECK_INT(n.cached, 2);
	CHECK_STR(two.id, one.id);
	CHECK(store_read_config(w.store, one.id, &c, &err) == 0);
	CHECK_INT(c.diff_ids.len, 2);
	CHECK_INT(c.nhistory, 4);
	CHECK_STR(c.history[2].created_by, "COPY a.txt b/ # buildkit");
	CHECK_STR(c.working_dir, "/app");
	image_config_done(&c);
	cleanup_json json_t *record = build_record(w.store, one.id, &err);
	CHECK_STR(json_get_str(record, "base_ref", ""), "scratch");
	put(w.context, "a.txt", "b");
	CHECK(build(&w, app, APP, &n, &two, &err) == 0);
	CHECK_INT(n.cached, 1);
	CHECK(!str_eq(two.id, one.id));
	close_world(&w);
}

static void
stages_copy_from_each_other(void)
{
	static const char text[] =
	    "FROM scratch AS a\nCOPY a.txt /x/\nFROM scratch AS unused\n"
	    "COPY none /\nFROM scratch\nCOPY --from=a /x /y\n";
	struct world w;
	struct count n;
	struct err err = ERR_INIT;
	cleanup_build_result struct build_result r = BUILD_RESULT_INIT;

	open_world(&w);
	put(w.context, "a.txt", "a");
	CHECK(build(&w, text, APP, &n, &r, &err) == 0);
	CHECK(build(&w, text, APP, &n, &r, &err) == 0);
	CHECK_INT(n.cached, 2);
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	CHECK(store_load_image(w.store, r.id, &image, &err) == 0);
	CHECK_INT(image.chains.len, 1);
	cleanup_free char *file = xasprintf("%s/y/a.txt", image.chains.v[0]);
	check_file(store_layers_dir(w.store, &err), file, "a");
	close_world(&w);
}

static void
a_failed_build_leaves_no_name(void)
{
	static const char text[] = "FROM scratch\nWORKDIR /w\nCOPY gone.txt .\n";
	struct world w;
	struct count n;
	struct err err = ERR_INIT;
	cleanup_build_result struct build_result r = BUILD_RESULT_INIT;
	char id[65];

	open_world(&w);
	CHECK(build(&w, text, APP, &n, &r, &err) < 0);
	CHECK(str_starts(err.text, "failed to compute cache key: failed to calculate "
				   "checksum of ref "));
	CHECK(str_ends(err.text, ": \"/gone.txt\": not found"));
	CHECK_STR(r.vertex, "[2/2] COPY gone.txt .");
	CHECK(r.frame != NULL && strstr(r.frame, "3 | >>> COPY gone.txt .") != NULL);
	CHECK(session_tag_get(w.session, APP, id, &err) == 0);
	close_world(&w);
}

static void
an_unknown_base_is_a_registrys_refusal(void)
{
	struct world w;
	struct count n;
	struct err err = ERR_INIT;
	cleanup_build_result struct build_result r = BUILD_RESULT_INIT;

	open_world(&w);
	CHECK(build(&w, "FROM nosuch\n", NULL, &n, &r, &err) < 0);
	CHECK_STR(err.text, "nosuch: failed to resolve source metadata for "
			    "docker.io/library/nosuch:latest: pull access denied, "
			    "repository does not exist "
			    "or may require authorization: server message: "
			    "insufficient_scope: authorization "
			    "failed");
	CHECK_STR(
	    r.vertex, "[internal] load metadata for docker.io/library/nosuch:latest");
	close_world(&w);
}

TEST_MAIN({"plain lines are BuildKit's", plain_lines_are_buildkits},
    {"leaving a vertex that goes on is marked", leaving_a_vertex_is_marked},
    {"failures are worded as Docker does", failures_are_worded_as_docker_does},
    {"sources mean what COPY says", sources_mean_what_copy_says},
    {"what is ignored does not exist", what_is_ignored_does_not_exist},
    {"digests see content and mode but no times",
	digests_see_content_and_mode_but_no_times},
    {"a known file is not read again", a_known_file_is_not_read_again},
    {"copies go where Docker puts them", copies_go_where_docker_puts_them},
    {"modes, times and links are kept", modes_times_and_links_are_kept},
    {"ADD unpacks archives and keeps them inside",
	add_unpacks_archives_and_keeps_them_inside},
    {"owners come from the image's files", owners_come_from_the_images_files},
    {"entries without layers take their neighbour's time",
	entries_without_layers_take_their_neighbours_time},
    {"a rebuild gives the same image", a_rebuild_gives_the_same_image},
    {"stages copy from each other", stages_copy_from_each_other},
    {"a failed build leaves no name", a_failed_build_leaves_no_name},
    {"an unknown base is a registry's refusal", an_unknown_base_is_a_registrys_refusal})
