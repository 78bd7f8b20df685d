/*
 * offline_test.c - what is lent follows from the image; the layer under it is made once,
 * whole, and as the header says
 */
#include "sandbox/offline/private.h"
#include "sandbox/web/web.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char path[64];
	int dir;
};

static struct place
place_new(void)
{
	struct place p = {.path = "/tmp/offline-test.XXXXXX"};

	CHECK(mkdtemp(p.path) != NULL);
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(p.dir >= 0);
	return p;
}

static void
place_done(struct place *p)
{
	close(p->dir);
	fd_remove_tree(AT_FDCWD, p->path);
}

static mode_t
mode_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode : 0;
}

static int
count_names(int dir)
{
	cleanup_dir DIR *d =
	    fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	return n - 2;
}

static const struct under_form plain = {.pip = false};
static const struct under_form full = {.pip = true, .apt = true, .suite = "bullseye"};

/* ---- the layer under the image ------------------------------------------------------
 */

static void
has_mount_points(void)
{
	static const char *const folders[] = {"dev", "proc", "sys", "etc"};
	static const char *const files[] = {
	    "etc/hosts", "etc/hostname", "etc/resolv.conf"};
	struct place p = place_new();
	cleanup_free char *name = NULL;
	cleanup_fd int under = -1;

	umask(077);
	name = under_make(p.dir, getuid(), &plain, NULL);
	CHECK(name != NULL);
	under = openat(p.dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(mode_of(p.dir, name), S_IFDIR | 0755);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		CHECK(S_ISDIR(mode_of(under, folders[i])));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		CHECK_INT(mode_of(under, files[i]), S_IFREG | 0644);
	CHECK_INT(mode_of(under, "etc/pip.conf"), 0);
	CHECK_INT(mode_of(under, "etc/apt"), 0);
	umask(022);
	place_done(&p);
}

static void
check_text(int dir, const char *path, const char *wanted)
{
	cleanup_buf struct buf text = BUF_INIT(4096);

	CHECK(fd_read_file(dir, path, &text, NULL) == 0);
	CHECK_STR(text.s, wanted);
}

static void
has_settings(void)
{
	struct place p = place_new();
	cleanup_free char *name = under_make(p.dir, getuid(), &full, NULL);
	cleanup_fd int under = openat(p.dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	check_text(under, "etc/pip.conf",
	    "[global]\nno-index = true\nfind-links = /dev/drydock/wheels\n");
	check_text(under, "etc/apt/apt.conf.d/99drydock",
	    "APT::Sandbox::User \"root\";\nDir::Etc::sourcelist \"drydock.list\";\n"
	    "Dir::Etc::sourceparts \"/dev/null\";\n");
	check_text(under, "etc/apt/drydock.list",
	    "deb [trusted=yes] file:/dev/drydock/apt/bullseye ./\n");
	place_done(&p);
}

static void
has_addresses_when_served(void)
{
	struct under_form form = full;
	struct place p = place_new();

	form.way = OFFLINE_SERVED;
	cleanup_free char *name = under_make(p.dir, getuid(), &form, NULL);
	cleanup_fd int under = openat(p.dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check_text(under, "etc/pip.conf",
	    "[global]\nindex-url = http://127.0.0.1:36141/simple\n");
	CHECK_STR(name, ".under-3-served-pip-apt-bullseye");
	check_text(under, "etc/apt/drydock.list",
	    "deb [trusted=yes] http://127.0.0.1:36141/debian bullseye main\n");
	place_done(&p);
}

static void
apt_without_a_pool(void)
{
	static const struct under_form form = {.apt = true};
	struct place p = place_new();
	cleanup_free char *name = under_make(p.dir, getuid(), &form, NULL);
	cleanup_fd int under = openat(p.dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	check_text(
	    under, "etc/apt/apt.conf.d/99drydock", "APT::Sandbox::User \"root\";\n");
	CHECK_INT(mode_of(under, "etc/apt/drydock.list"), 0);
	place_done(&p);
}

static void
is_made_once(void)
{
	struct place p = place_new();
	struct stat first, second;
	cleanup_free char *name = under_make(p.dir, getuid(), &full, NULL);
	cleanup_free char *again = NULL, *other = NULL;

	CHECK(fstatat(p.dir, name, &first, 0) == 0);
	again = under_make(p.dir, getuid(), &full, NULL);
	CHECK_STR(again, name);
	CHECK(fstatat(p.dir, name, &second, 0) == 0);
	CHECK(first.st_ino == second.st_ino);
	other = under_make(p.dir, getuid(), &plain, NULL);
	CHECK(!str_eq(other, name));
	CHECK_INT(count_names(p.dir), 2);
	place_done(&p);
}

static void
failure_leaves_nothing(void)
{
	struct place p = place_new();
	struct err err = ERR_INIT;
	cleanup_free char *name = NULL;

	CHECK(under_make(-1, getuid(), &full, &err) == NULL);
	CHECK(err.kind == ERR_SYS);
	CHECK_INT(count_names(p.dir), 0);
	name = under_make(p.dir, getuid(), &full, NULL);
	CHECK_INT(count_names(p.dir), 1);
	place_done(&p);
}

static void
root_gives_it_away(void)
{
	struct place p;
	struct stat st;

	if (geteuid() != 0)
		SKIP("only root can");
	p = place_new();
	cleanup_free char *name = under_make(p.dir, 1879048192, &full, NULL);
	cleanup_free char *file = xasprintf("%s/etc/apt/apt.conf.d/99drydock", name);
	CHECK(fstatat(p.dir, name, &st, 0) == 0 && st.st_uid == 1879048192);
	CHECK(fstatat(p.dir, file, &st, 0) == 0);
	CHECK(st.st_uid == 1879048192 && st.st_gid == 1879048192);
	place_done(&p);
}

/* ---- what an image is like ----------------------------------------------------------
 */

static void
put(const struct place *p, const char *path, const char *text)
{
	cleanup_free char *folder = path_dir(path);

	CHECK(fd_mkdirs(p->dir, folder, 0755, NULL) == 0);
	CHECK(fd_write_file(p->dir, path, text, strlen(text), 0644, NULL) == 0);
}

static void
suites(void)
{
	static const struct {
		const char *text, *suite;
	} rows[] = {
	    {"ID=debian\nVERSION_CODENAME=bookworm\nX=1\n", "bookworm"},
	    {"VERSION_CODENAME=\"bullseye\"", "bullseye"},
	    {"ID=alpine\nVERSION_ID=3.19\n", ""},
	    {"VERSION_CODENAME=\n", ""},
	    {"VERSION_CODENAME=../../etc\n", ""},
	    {"VERSION_CODENAME=a/b\n", ""},
	    {"VERSION_CODENAME=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", ""},
	    {"", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct place p = place_new();
		cleanup_vec struct vec chains = VEC_INIT;
		char suite[OFFLINE_SUITE_MAX];

		put(&p, "one/usr/lib/os-release", rows[i].text);
		vec_add(&chains, "one");
		look_suite(p.dir, &chains, suite);
		CHECK_STR(suite, rows[i].suite);
		place_done(&p);
	}
}

static void
topmost_layer_decides(void)
{
	struct place p = place_new();
	cleanup_vec struct vec chains = VEC_INIT;
	char suite[OFFLINE_SUITE_MAX];

	put(&p, "top/usr/lib/os-release", "VERSION_CODENAME=bookworm\n");
	put(&p, "base/usr/lib/os-release", "VERSION_CODENAME=bullseye\n");
	put(&p, "base/etc/apt/apt.conf.d/x", "");
	vec_add(&chains, "missing");
	vec_add(&chains, "top");
	vec_add(&chains, "base");
	look_suite(p.dir, &chains, suite);
	CHECK_STR(suite, "bookworm");
	CHECK(look_has(p.dir, &chains, "etc/apt/apt.conf.d"));
	CHECK(!look_has(p.dir, &chains, "etc/pip.conf"));
	place_done(&p);
}

/* Links of an image never lead to files of the machine, and a FIFO is not waited for. */
static void
traps_are_not_followed(void)
{
	struct place p = place_new();
	cleanup_vec struct vec chains = VEC_INIT;
	char suite[OFFLINE_SUITE_MAX];

	put(&p, "secret", "VERSION_CODENAME=stolen\n");
	CHECK(fd_mkdirs(p.dir, "one/etc", 0755, NULL) == 0);
	CHECK(fd_mkdirs(p.dir, "one/usr", 0755, NULL) == 0);
	CHECK(symlinkat("../../secret", p.dir, "one/etc/os-release") == 0);
	CHECK(symlinkat("../..", p.dir, "one/usr/lib") == 0);
	CHECK(fd_mkdirs(p.dir, "two/usr/lib", 0755, NULL) == 0);
	CHECK(mkfifoat(p.dir, "two/usr/lib/os-release", 0644) == 0);
	vec_add(&chains, "one");
	vec_add(&chains, "two");
	look_suite(p.dir, &chains, suite);
	CHECK_STR(suite, "");
	place_done(&p);
}

/* ---- lending -------------------------------------------------------------------------
 */

static size_t
lend(const struct place *p, const char *image, struct offline *o)
{
	cleanup_vec struct vec chains = VEC_INIT;
	struct offline_mount mounts[OFFLINE_MOUNTS];

	vec_add(&chains, image);
	CHECK(offline_lend(p->dir, p->dir, getuid(), &chains, OFFLINE_FOLDERS, o, NULL) ==
	      0);
	CHECK(o->under != NULL);
	return offline_mounts(o, mounts);
}

static void
images_get_what_they_can_use(void)
{
	static const struct {
		const char *image;
		size_t mounts;
		const char *under;
	} rows[] = {{"debian", 2, ".under-3-pip-apt-bullseye"},
	    {"other", 1, ".under-3-pip-apt"}, {"busybox", 1, ".under-3-pip"},
	    {"empty", 0, ".under-3"}};
	struct place p = place_new();

	put(&p, "wheels/x", "");
	put(&p, "apt/bullseye/Packages", "");
	put(&p, "debian/etc/apt/apt.conf.d/x", "");
	put(&p, "debian/usr/lib/os-release", "VERSION_CODENAME=bullseye\n");
	put(&p, "other/etc/apt/apt.conf.d/x", "");
	put(&p, "other/usr/lib/os-release", "VERSION_CODENAME=noble\n");
	put(&p, "busybox/etc/passwd", "");
	put(&p, "empty/hello", "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_offline struct offline o = OFFLINE_INIT;

		CHECK_INT(lend(&p, rows[i].image, &o), rows[i].mounts);
		CHECK_STR(o.under, rows[i].under);
	}
	place_done(&p);
}

static void
nothing_was_set_up(void)
{
	struct place p = place_new();
	cleanup_offline struct offline o = OFFLINE_INIT;

	put(&p, "debian/etc/apt/apt.conf.d/x", "");
	put(&p, "debian/usr/lib/os-release", "VERSION_CODENAME=bullseye\n");
	CHECK_INT(offline_wheels(p.dir), -1);
	CHECK_INT(lend(&p, "debian", &o), 0);
	CHECK_STR(o.under, ".under-3-apt");
	place_done(&p);
}

/* ---- the server's answers
 * --------------------------------------------------------------
 */

static void
paths_and_their_answers(void)
{
	static const struct {
		const char *path;
		int status;
		const char *text; /* of a page, or of a file */
	} rows[] = {
	    {"/simple/", 200,
		"<!DOCTYPE html>\n<a href=\"/simple/flask/\">flask</a><br>\n"
		"<a href=\"/simple/importlib-metadata/\">importlib-metadata</a><br>\n"},
	    {"/simple/Flask/", 200,
		"<!DOCTYPE html>\n<a href=\"/wheels/flask-3-py3-none-any.whl#sha256="
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\">"
		"flask-3-py3-none-any.whl</a><br>\n"},
	    {"/simple/Importlib.Metadata", 301, "/simple/importlib-metadata/"},
	    {"/simple/none/", 404, ""},
	    {"/simple/flask/x", 404, ""},
	    {"/wheels/flask-3-py3-none-any.whl", 200, "abc"},
	    {"/wheels/../apt/bullseye/Packages", 404, ""},
	    {"/wheels/", 404, ""},
	    {"/wheels/.", 404, ""},
	    {"/debian/dists/bullseye/Release", 200, "release"},
	    {"/debian/dists/bullseye/main/binary-amd64/Packages", 200, "packages"},
	    {"/debian/dists/bookworm/Release", 404, ""},
	    {"/debian/./p/gcc.deb", 200, "deb"},
	    {"/debian/p/gcc.deb", 200, "deb"},
	    {"/debian/p/link.deb", 404, ""},
	    {"/debian/p/../Packages", 404, ""},
	    {"/etc/passwd", 404, ""},
	};
	struct place p = place_new();
	cleanup_offline struct offline o = {.way = OFFLINE_SERVED, .suite = "bullseye"};

	put(&p, "wheels/flask-3-py3-none-any.whl", "abc");
	put(&p, "wheels/importlib_metadata-8-py3-none-any.whl", "abc");
	put(&p, "apt/bullseye/Release", "release");
	put(&p, "apt/bullseye/Packages", "packages");
	put(&p, "apt/bullseye/p/gcc.deb", "deb");
	put(&p, "apt/bookworm/Release", "other");
	CHECK(symlinkat("/etc/passwd", p.dir, "apt/bullseye/p/link.deb") == 0);
	o.wheels = openat(p.dir, "wheels", O_PATH | O_CLOEXEC);
	o.apt = openat(p.dir, "apt", O_PATH | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct web_reply r = {
		    .status = 404, .text = BUF_INIT(BUF_OURS), .fd = -1};

		shelf_get(&o, rows[i].path, &r);
		CHECK_INT(r.status, rows[i].status);
		if (r.fd >= 0)
			CHECK(fd_slurp(r.fd, "file", &r.text, NULL) == 0);
		CHECK_STR(r.text.len > 0 ? r.text.s : "", rows[i].text);
		buf_done(&r.text);
		fd_close_p(&r.fd);
	}
	place_done(&p);
}

static void
requests_to_the_relay(void)
{
	static const struct {
		const char *head, *host, *port;
		bool tunnel;
	} rows[] = {{"CONNECT a.b:8443 HTTP/1.1\r\n", "a.b", "8443", true},
	    {"CONNECT a.b HTTP/1.1\r\n", "a.b", "443", true},
	    {"GET http://a.b/x HTTP/1.1\r\n", "a.b", "80", false},
	    {"HEAD HTTP://a:81/ HTTP/1.1\r\n", "a", "81", false},
	    {"GET /x HTTP/1.1\r\n", NULL, NULL, false},
	    {"GET http://a HTTP/1.1\r\n", NULL, NULL, false},
	    {"CONNECT :80 HTTP/1.1\r\n", NULL, NULL, false},
	    {"CONNECT a:x HTTP/1.1\r\n", NULL, NULL, false}, {"GET", NULL, NULL, false}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct relay_target t = {.path = 0};

		CHECK_INT(relay_parse(rows[i].head, &t), rows[i].host != NULL);
		if (rows[i].host == NULL)
			continue;
		CHECK_STR(t.host, rows[i].host);
		CHECK_STR(t.port, rows[i].port);
		CHECK_INT(t.tunnel, rows[i].tunnel);
		CHECK(t.tunnel || rows[i].head[t.path] == '/');
	}
}

TEST_MAIN({"what the relay is asked for", requests_to_the_relay},
    {"the layer has mount points, whatever the umask is", has_mount_points},
    {"it has pip's and apt's settings", has_settings},
    {"or the addresses of the server", has_addresses_when_served},
    {"the server answers for what is lent and nothing else", paths_and_their_answers},
    {"apt runs as root without a pool too", apt_without_a_pool},
    {"a second call finds the first one's layer, another form is another", is_made_once},
    {"a failure leaves nothing behind", failure_leaves_nothing},
    {"root gives it to the map's root", root_gives_it_away},
    {"the suite is what os-release says", suites},
    {"the topmost layer decides", topmost_layer_decides},
    {"links and FIFOs of an image are no traps", traps_are_not_followed},
    {"an image gets what it can use", images_get_what_they_can_use},
    {"without a setup there is nothing to lend", nothing_was_set_up})
