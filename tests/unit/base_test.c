/*
 * base_test.c - errors, strings, paths, files, processes, time
 */
#include "sandbox/base/base.h"
#include "sandbox/base/hash.h"
#include "sandbox/base/netlink.h"
#include "tests/unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void
errors_chain(void)
{
	struct err e = ERR_INIT;

	errno = ENOENT;
	CHECK_INT(err_sys(&e, "cannot open '%s'", "x"), -1);
	err_while(&e, "building step %d", 4);
	CHECK_STR(e.text, "building step 4: cannot open 'x': No such file or directory");
	CHECK(err_is_sys(&e, ENOENT));
	err_hint(&e, "make it");
	CHECK_STR(e.hint, "make it");
	err_clear(&e);
	CHECK_INT(e.kind, ERR_NONE);
	CHECK_INT(err_set(NULL, ERR_INPUT, "nobody listens"), -1);
}

static void
errors_travel(void)
{
	struct err sent = ERR_INIT, got = ERR_INIT;
	int p[2];

	CHECK(pipe(p) == 0);
	err_set(&sent, ERR_CONFLICT, "taken");
	err_send(p[1], &sent);
	close(p[1]);
	CHECK_INT(err_recv(p[0], &got), 1);
	CHECK_STR(got.text, "taken");
	CHECK_INT(got.kind, ERR_CONFLICT);
	CHECK_INT(err_recv(p[0], &got), 0);
	close(p[0]);
}

static void
long_errors_are_cut(void)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_INPUT, "%5000s", "x");
	for (int i = 0; i < 10; i++)
		err_while(&e, "%400s", "y");
	CHECK_INT(strlen(e.text), ERR_TEXT_MAX - 1);
}

static void
bufs_have_limits(void)
{
	struct buf b = BUF_INIT(8);

	CHECK_STR(b.s, "");
	buf_adds(&b, "12345");
	buf_adds(&b, "6789");
	CHECK(b.failed);
	CHECK_STR(b.s, "12345");
	buf_clear(&b);
	buf_addf(&b, "%d-%s", 7, "ab");
	CHECK_STR(b.s, "7-ab");
	buf_eat(&b, 2);
	CHECK_STR(b.s, "ab");
	buf_cut(&b, 1);
	CHECK_STR(b.s, "a");
	buf_done(&b);
	CHECK_STR(b.s, "");
}

static void
paths_are_cleaned(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {{"", "."}, {".", "."}, {"a/./b", "a/b"}, {"a//b/", "a/b"},
	    {"a/../b", "b"}, {"../a", "../a"}, {"../../a/..", "../.."}, {"/..", "/"},
	    {"/a/../../b", "/b"}, {"a/..", "."}, {"./", "."}, {"a/b/../../..", ".."},
	    {"/", "/"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *got = path_clean(rows[i].in);
		CHECK_STR(got, rows[i].out);
	}
	cleanup_free char *rooted = path_clean_root("../../etc/passwd");
	CHECK_STR(rooted, "/etc/passwd");
	cleanup_free char *joined = path_join("/a/b", "../c");
	CHECK_STR(joined, "/a/c");
	CHECK(path_is_inside("/a/b", "/a") && path_is_inside("/a", "/a"));
	CHECK(!path_is_inside("/ab", "/a") && path_is_inside("/x", "/"));
	CHECK(!path_is_name("..") && !path_is_name("a/b") && path_is_name("a"));
}

static void
strings_answer(void)
{
	static const char *const words[] = {"COPY", "RUN", NULL};
	uint64_t n;
	char text[] = "  a b \n";

	CHECK_STR(str_trim(text), "a b");
	CHECK(str_to_u64("65535", 65535, &n) && n == 65535);
	CHECK(!str_to_u64("65536", 65535, &n) && !str_to_u64("", 9, &n) &&
	      !str_to_u64("1x", 99, &n));
	CHECK_INT(str_distance("COPYY", "COPY"), 1);
	CHECK_STR(str_nearest("COYP", words, 3), "COPY");
	CHECK(str_nearest("BANANA", words, 3) == NULL);
	CHECK_INT(str_width("\033[1mab\033[0m"), 2);
	CHECK_INT(str_width("日本"), 4);
	CHECK_INT(str_width("\xff"), 1);
}

static void
vectors_hold_environments(void)
{
	cleanup_vec struct vec v = VEC_INIT;

	vec_env_set(&v, "A", "1");
	vec_env_set(&v, "AB", "2");
	vec_env_set(&v, "A", "3");
	CHECK_INT(v.len, 2);
	CHECK_STR(vec_env_get(&v, "A"), "3");
	CHECK_STR(v.v[0], "A=3");
	CHECK(vec_env_get(&v, "B") == NULL && v.v[2] == NULL);
	vec_split(&v, " x  y ", " ");
	cleanup_free char *all = vec_join(&v, ",");
	CHECK_STR(all, "A=3,AB=2,x,y");
	vec_remove(&v, 0);
	vec_insert(&v, 1, "new");
	CHECK_STR(v.v[1], "new");
}

/* A folder of its own, removed with all that is in it. */
static int
temp_folder(char name[32])
{
	strcpy(name, "/tmp/drydock-test-XXXXXX");
	CHECK(mkdtemp(name) != NULL);
	return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
files_are_replaced_whole(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	cleanup_buf struct buf b = BUF_INIT(5), big = BUF_INIT(4);
	struct err err = ERR_INIT;

	CHECK_INT(fd_mkdirs(dir, "a/b/c", 0755, &err), 0);
	CHECK_INT(fd_write_file(dir, "a/b/c/f", "12345", 5, 0600, &err), 0);
	CHECK_INT(fd_read_file(dir, "a/b/c/f", &b, &err), 0);
	CHECK_STR(b.s, "12345");
	CHECK_INT(fd_read_file(dir, "a/b/c/f", &big, &err), -1);
	CHECK_INT(err.kind, ERR_LIMIT);
	CHECK(strstr(err.text, "a/b/c/f") != NULL);
	CHECK_INT(fd_remove_tree(AT_FDCWD, name), 0);
	CHECK(access(name, F_OK) < 0);
}

static void
paths_stay_inside_a_root(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	cleanup_fd int fd = -1;

	CHECK(symlinkat("/etc/passwd", dir, "abs") == 0);
	CHECK(symlinkat("../../../../etc/passwd", dir, "rel") == 0);
	CHECK(fd_open_in(dir, "abs", O_RDONLY, 0) < 0 && errno == ENOENT);
	CHECK(fd_open_in(dir, "rel", O_RDONLY, 0) < 0 && errno == ENOENT);
	CHECK(fd_open_in_nofollow(dir, "abs", O_RDONLY, 0) < 0 && errno == ELOOP);
	CHECK(mkdirat(dir, "etc", 0755) == 0);
	fd = fd_open_in(dir, "abs", O_WRONLY | O_CREAT, 0600);
	CHECK(fd >= 0 && faccessat(dir, "etc/passwd", F_OK, 0) == 0);
	CHECK_INT(fd_remove_tree(AT_FDCWD, name), 0);
}

static void
trees_without_rights_are_removed(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);

	CHECK(fd_mkdirs(dir, "w/deep/er", 0755, NULL) == 0);
	CHECK(fchmodat(dir, "w/deep", 0, 0) == 0);
	CHECK_INT(fd_remove_tree(AT_FDCWD, name), 0);
	CHECK(access(name, F_OK) < 0);
}

static void
descriptors_travel(void)
{
	int pair[2], got[8];
	size_t n;
	char byte = 0;
	struct stat a, b;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CHECK_INT(fd_send_fds(pair[0], "x", 1, pair, 2), 1);
	CHECK_INT(fd_recv_fds(pair[1], &byte, 1, got, &n), 1);
	CHECK_INT(n, 2);
	CHECK(fstat(pair[0], &a) == 0 && fstat(got[0], &b) == 0 && a.st_ino == b.st_ino);
	CHECK(fcntl(got[0], F_GETFD) & FD_CLOEXEC);
	for (size_t i = 0; i < n; i++)
		close(got[i]);
	close(pair[0]);
	close(pair[1]);
}

static void
processes_run(void)
{
	const char *echo[] = {"sh", "-c", "echo out; exit 3", NULL};
	const char *missing[] = {"no-such-program-here", NULL};
	struct proc_spec spec = {.argv = (char *const *)echo};
	cleanup_buf struct buf out = BUF_INIT(100);
	struct err err = ERR_INIT;

	CHECK_INT(proc_capture(&spec, &out, &err), 3);
	CHECK_STR(out.s, "out\n");
	spec.argv = (char *const *)missing;
	CHECK_INT(proc_run(&spec, &err), -1);
	CHECK(strstr(err.text, "no-such-program-here") != NULL);
	CHECK(proc_start_time(getpid()) > 0 && proc_start_time(0) == 0);
}

static void
signals_have_names(void)
{
	CHECK_INT(proc_signal_number("SIGTERM"), SIGTERM);
	CHECK_INT(proc_signal_number("kill"), SIGKILL);
	CHECK_INT(proc_signal_number("15"), 15);
	CHECK_INT(proc_signal_number("NOPE"), 0);
	CHECK_STR(proc_signal_name(SIGINT), "SIGINT");
}

static void
times_are_text(void)
{
	char text[CLOCK_TEXT];
	int64_t t = 0;

	clock_format(1700000000LL * NS_PER_S + 120000000, text);
	CHECK_STR(text, "2023-11-14T22:13:20.12Z");
	CHECK_INT(clock_parse(text, &t), 0);
	CHECK(t == 1700000000LL * NS_PER_S + 120000000);
	CHECK_INT(clock_parse("2023-11-14T23:13:20+01:00", &t), 0);
	CHECK(t == 1700000000LL * NS_PER_S);
	CHECK_INT(clock_parse("yesterday", &t), -1);
	CHECK_INT(clock_parse("9999-99-99T99:99:99Z", &t), -1);
	clock_format_go(0, text);
	CHECK_STR(text, "1970-01-01 00:00:00 +0000 UTC");
}

static void
hashes_are_sha256(void)
{
	char hex[HASH_HEX + 1];

	hash_data("abc", 3, hex);
	CHECK_STR(
	    hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
names_are_keys(void)
{
	const char *const rows[][2] = {{"a/b", "a/b"}, {"\xc3\xa4", "\xc3\xa4"},
	    {"new\nline", "new\nline"},
	    {"\xff"
	     "x",
		"/\xc3\xbfx"},
	    {"\x80", "/\xc2\x80"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *key = json_key(rows[i][0]);
		cleanup_free char *name = json_key_name(key);

		CHECK_STR(key, rows[i][1]);
		CHECK_STR(name, rows[i][0]);
	}
}

static void
json_is_read_and_written(void)
{
	char name[32];
	cleanup_fd int dir = temp_folder(name);
	struct err err = ERR_INIT;
	cleanup_json json_t *j = json_pack(
				"{s:s, s:i, s:[s]}", "a", "x", "n", 3, "l", "y"),
			    *k = NULL;
	cleanup_vec struct vec v = VEC_INIT;

	CHECK_INT(json_write_file(dir, "f", j, 0600, &err), 0);
	k = json_read_file(dir, "f", &err);
	CHECK(json_equal(j, k));
	CHECK_STR(json_get_str(k, "a", ""), "x");
	CHECK_STR(json_get_str(k, "n", "no string"), "no string");
	json_get_vec(k, "l", &v);
	CHECK_INT(v.len, 1);
	CHECK_INT(fd_write_file(dir, "bad", "{", 1, 0600, &err), 0);
	CHECK(json_read_file(dir, "bad", &err) == NULL &&
	      strstr(err.text, "'bad', line 1") != NULL);
	CHECK_INT(fd_remove_tree(AT_FDCWD, name), 0);
}

static void
netlink_answers(void)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();
	struct err err = ERR_INIT;

	CHECK(nl >= 0);
	netlink_up(
	    &b, 999999); /* no such link, or no right to ask: an error either way */
	CHECK_INT(netlink_send(nl, &b, "raising a link", &err), -1);
	CHECK(str_starts(err.text, "raising a link: "));
	CHECK_INT(b.len, 0);
}

static void
base64_goes_and_comes(void)
{
	static const char *const plain[] = {
	    "", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const coded[] = {
	    "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		cleanup_free char *there = base64_encode(plain[i], strlen(plain[i]));
		cleanup_buf struct buf back = BUF_INIT(100);

		CHECK_STR(there, coded[i]);
		CHECK(base64_decode(coded[i], &back));
		CHECK_STR(back.s, plain[i]);
	}
	cleanup_free char *url = base64_encode_url("\xfb\xff\xfe", 3);
	cleanup_buf struct buf out = BUF_INIT(100);
	CHECK_STR(url, "-__-");
	CHECK(base64_decode(url, &out));
	CHECK_INT(out.len, 3);
	CHECK(!base64_decode("a", &out));
	CHECK(!base64_decode("a b=", &out));
}

TEST_MAIN({"base64 goes and comes (RFC 4648)", base64_goes_and_comes},
    {"errors make a chain", errors_chain},
    {"errors travel through a pipe", errors_travel},
    {"long errors are cut, not lost", long_errors_are_cut},
    {"a buf keeps its limit", bufs_have_limits},
    {"paths are cleaned as in Go", paths_are_cleaned},
    {"strings answer questions", strings_answer},
    {"lists hold environments", vectors_hold_environments},
    {"files are replaced whole and read within a bound", files_are_replaced_whole},
    {"links cannot lead out of a root", paths_stay_inside_a_root},
    {"folders of mode 0 are removed too", trees_without_rights_are_removed},
    {"descriptors travel and close on exec", descriptors_travel},
    {"processes run, and say when they cannot", processes_run},
    {"signals have names and numbers", signals_have_names},
    {"times are texts and back", times_are_text},
    {"hashes are SHA-256", hashes_are_sha256},
    {"JSON is read and written", json_is_read_and_written},
    {"every name of a file can be a key", names_are_keys},
    {"netlink reports what the kernel says", netlink_answers})
