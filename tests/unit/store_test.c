/*
 * store_test.c - blobs, layers, canonical tars, hostile tars, images, removal
 *
 * Every test has a DRYDOCK_HOME of its own, below a folder that nobody else may enter.
 */
#include "sandbox/base/hash.h"
#include "sandbox/store/store.h"
#include "tests/unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define EMPTY_LAYER "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

static struct err err;

/* CHECK of a call that fills err: says why it failed. */
#define OK(call) \
	CHECK_STR((err_clear(&err), (call) >= 0   ? "" \
				    : err.text[0] ? err.text \
						  : "failed"), \
	    "")
/* The call must fail with this kind. */
#define FAILS(call, want) \
	do { \
		err_clear(&err); \
		CHECK((call) < 0); \
		CHECK_INT(err.kind, want); \
	} while (0)

static struct store *
new_store(void)
{
	char above[] = "/tmp/drydock-store-XXXXXX", home[64];
	struct store *s = NULL;

	CHECK(mkdtemp(above) != NULL);
	snprintf(home, sizeof home, "%s/home", above);
	OK(store_open(home, &s, &err));
	return s;
}

/* As new_store, for tests that need an id map. */
static struct store *
new_mapped(void)
{
	struct store *s = new_store();
	bool there = store_holder(s, &err) != NULL;

	if (!there && err.kind == ERR_UNSUPPORTED) {
		store_remove_home(s, &err);
		store_free(s);
		SKIP("user namespaces are refused here");
	}
	OK(there ? 0 : -1);
	return s;
}

static void
end_store(struct store *s)
{
	cleanup_free char *home = xstrdup(store_home(s));
	cleanup_free char *above = path_dir(home);

	OK(store_remove_home(s, &err));
	store_free(s);
	CHECK(access(home, F_OK) < 0 && errno == ENOENT);
	CHECK(rmdir(above) == 0);
}

/* ---- a small writer of tars, that can also write bad ones
 * ------------------------------ */

struct tar {
	struct buf b;
};
#define TAR_INIT \
	{ \
		.b = BUF_INIT(64 << 20) \
	}

static void
tar_octal(char *at, int digits, unsigned long long value)
{
	char text[32];

	snprintf(text, sizeof text, "%0*llo", digits, value);
	memcpy(at, text, (size_t)digits);
}

struct entry {
	const char *name;
	char type;
	unsigned mode, uid, gid;
	long mtime;
	const char *link, *data;
	unsigned major, minor;
	bool last; /* lets rows leave out the rest */
};
#define E(...) ((struct entry){__VA_ARGS__, .last = true})

static void
tar_add(struct tar *t, struct entry e)
{
	static const char zeros[512];
	char h[512] = {0};
	size_t len = e.data != NULL ? strlen(e.data) : 0;
	unsigned sum = 0;

	strncpy(h, e.name, 100);
	tar_octal(h + 100, 7, e.mode);
	tar_octal(h + 108, 7, e.uid);
	tar_octal(h + 116, 7, e.gid);
	tar_octal(h + 124, 11, len);
	tar_octal(h + 136, 11, (unsigned long long)e.mtime);
	memset(h + 148, ' ', 8);
	h[156] = e.type;
	if (e.link != NULL)
		strncpy(h + 157, e.link, 100);
	memcpy(h + 257, "ustar\00000", 8);
	tar_octal(h + 329, 7, e.major);
	tar_octal(h + 337, 7, e.minor);
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	tar_octal(h + 148, 6, sum);
	h[154] = '\0';
	buf_add(&t->b, h, sizeof h);
	buf_add(&t->b, e.data, len);
	if (len % 512 != 0)
		buf_add(&t->b, zeros, 512 - len % 512);
}

#define ADD(t, ...) tar_add((t), E(__VA_ARGS__))

static void
tar_end(struct tar *t)
{
	static const char zeros[1024];

	buf_add(&t->b, zeros, sizeof zeros);
}

static int
as_file(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(fd >= 0 && fd_write_all(fd, data, len) == 0);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int
unpack(
    struct store *s, const char *parent, struct tar *t, bool keep, struct store_layer *l)
{
	cleanup_fd int fd = -1;
	char hex[65];
	int rc;

	tar_end(t);
	fd = as_file(t->b.s, t->b.len);
	hash_data(t->b.s, t->b.len, hex);
	rc = store_layer_unpack(s, parent, fd, hex, keep, l, &err);
	buf_done(&t->b);
	return rc;
}

static void
layer_tar(struct store *s, const char *chain, struct buf *out)
{
	cleanup_fd int fd = memfd_create("out", MFD_CLOEXEC);

	OK(store_layer_tar(s, chain, fd, &err));
	lseek(fd, 0, SEEK_SET);
	OK(fd_slurp(fd, "out", out, &err));
}

/* ---- without any id map
 * ---------------------------------------------------------------------- */

static void
keeps_blobs(void)
{
	struct store *s = new_store();
	cleanup_buf struct buf b = BUF_INIT(100);
	char hex[65];

	OK(store_put_blob(s, "hello", 5, hex, &err));
	CHECK_STR(
	    hex, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
	CHECK(store_has_blob(s, hex));
	OK(store_read_blob(s, hex, &b, &err));
	CHECK_STR(b.s, "hello");
	OK(store_put_blob(s, "hello", 5, hex, &err));
	hex[0] = '0';
	CHECK(!store_has_blob(s, hex));
	FAILS(store_read_blob(s, hex, &b, &err), ERR_NOT_FOUND);
	CHECK(!store_has_blob(s, "../../etc/passwd"));
	FAILS(store_open_blob(s, "../library.json", &err), ERR_NOT_FOUND);
	end_store(s);
}

static void
computes_chain_ids(void)
{
	char chain[65];
	cleanup_free char *text =
	    xasprintf("sha256:%s sha256:%s", EMPTY_LAYER, EMPTY_LAYER);
	char want[65];

	store_chain_id("", EMPTY_LAYER, chain);
	CHECK_STR(chain, EMPTY_LAYER);
	store_chain_id(NULL, EMPTY_LAYER, chain);
	CHECK_STR(chain, EMPTY_LAYER);
	hash_data(text, strlen(text), want);
	store_chain_id(chain, EMPTY_LAYER, chain);
	CHECK_STR(chain, want);
}

static void
caches(void)
{
	struct store *s = new_store();
	cleanup_json json_t *value = json_pack("{s:s}", "chain", "x");
	cleanup_json json_t *got = NULL;

	CHECK_INT(store_cache_get(s, EMPTY_LAYER, &got, &err), 0);
	OK(store_cache_put(s, EMPTY_LAYER, value, &err));
	CHECK_INT(store_cache_get(s, EMPTY_LAYER, &got, &err), 1);
	CHECK_STR(json_get_str(got, "chain", ""), "x");
	FAILS(store_cache_put(s, "../escape", value, &err), ERR_INPUT);
	end_store(s);
}

static void
remembers_the_library(void)
{
	struct store *s = new_store();
	cleanup_json json_t *none = store_library(s, &err), *some = NULL;

	CHECK_INT(json_object_size(none), 0);
	OK(store_library_set(s, "docker.io/library/a:1", EMPTY_LAYER, &err));
	OK(store_library_set(s, "docker.io/library/b:1", EMPTY_LAYER, &err));
	FAILS(store_library_set(s, "c", "../x", &err), ERR_INPUT);
	some = store_library(s, &err);
	CHECK_INT(json_object_size(some), 2);
	CHECK_STR(json_get_str(some, "docker.io/library/a:1", ""), EMPTY_LAYER);
	end_store(s);
}

static void
refuses_to_remove_a_home_folder(void)
{
	struct store *s = new_store();
	cleanup_free char *before = xstrdup(getenv("HOME") ? getenv("HOME") : "/");

	setenv("HOME", store_home(s), 1);
	FAILS(store_remove_home(s, &err), ERR_INPUT);
	setenv("HOME", before, 1);
	CHECK(faccessat(store_home_dir(s), "store/blobs", F_OK, 0) == 0);
	end_store(s);
}

static void
follows_no_link_when_removing(void)
{
	struct store *s = new_store();
	char outside[] = "/tmp/drydock-outside-XXXXXX";
	int fd = mkstemp(outside);

	CHECK(fd >= 0);
	close(fd);
	CHECK(symlinkat("/tmp", store_home_dir(s), "link-folder") == 0);
	CHECK(symlinkat(outside, store_home_dir(s), "link-file") == 0);
	end_store(s);
	CHECK(access(outside, F_OK) == 0);
	unlink(outside);
}

/* ---- canonical tars
 * --------------------------------------------------------------------------- */

/* One of everything, as we would write it. */
static void
make_canonical(struct tar *t)
{
	ADD(t, "bin/", '5', 0755, 0, 0, 1000);
	ADD(t, "bin/su", '0', 04755, 0, 0, 1000, NULL, "#!");
	ADD(t, "bin/sx", '1', 04755, 0, 0, 1000, "bin/su");
	ADD(t, "etc/", '5', 0755, 0, 0, 2000);
	ADD(t, "etc/.wh..wh..opq", '0');
	ADD(t, "etc/ghost", '0', 0640, 0, 42, 3000, NULL, "root:*:\n");
	ADD(t, "etc/.wh.gone", '0');
	ADD(t, "lib", '2', 0777, 0, 0, 4000, "usr/lib");
	ADD(t, "mail", '2', 0777, 8, 12, 4000, "var/mail");
	ADD(t, "pipe", '6', 0600, 33, 33, 5000);
	ADD(t, "var/", '5', 01777, 33, 33, 6000);
	ADD(t, "var/x", '0', 0, 65534, 65534, 7000, NULL, "");
}

static void
makes_the_same_bytes_again(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l, again;
	cleanup_buf struct buf got = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);

	make_canonical(&t);
	buf_add(&want, t.b.s, t.b.len);
	want.max += 1024;
	buf_add(&want, (char[1024]){0}, 1024);
	OK(unpack(s, NULL, &t, true, &l));
	CHECK_INT(l.size, 10);
	CHECK_STR(l.chain, l.diff);
	/* ours: so no blob is kept */
	CHECK(!store_has_blob(s, l.diff));
	layer_tar(s, l.chain, &got);
	CHECK_INT(got.len, want.len);
	CHECK(memcmp(got.s, want.s, got.len) == 0);
	CHECK_INT(store_layer_find(s, l.chain, &again, &err), 1);
	CHECK_STR(again.diff, l.diff);
	CHECK_INT(again.size, 10);
	end_store(s);
}

/* devices, long names, big ids, odd bytes: what needs pax or cannot be made */
static void
makes_hard_cases_again(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l, l2;
	cleanup_buf struct buf got = BUF_INIT(1 << 20);
	cleanup_fd int fd = -1;
	char a[] =
	    "0000000000000000000000000000000000000000000000000000000000000000000000000/";

	ADD(&t, a, '5', 0755);
	ADD(&t, "\xff\xfe", '0', 0644, 0, 0, 1, NULL, "odd");
	ADD(&t, "dev/", '5', 0755, 0, 0, 5);
	ADD(&t, "dev/null", '3', 0666, 0, 0, 5, NULL, NULL, 1, 3);
	ADD(&t, "dev/zz", '0', 0644, 0, 0, 5, NULL, "after");
	ADD(&t, "many", '0', 0644, 2000000, 2000000, 9, NULL, "x");
	OK(unpack(s, NULL, &t, true, &l));
	layer_tar(s, l.chain, &got);
	fd = as_file(got.s, got.len);
	OK(store_layer_unpack(s, l.chain, fd, l.diff, false, &l2, &err));
	CHECK_STR(l2.diff, l.diff);
	end_store(s);
}

struct filling {
	int at;
};

static int
fill_draft(void *arg, struct err *e)
{
	struct filling *f = arg;
	char name[256];
	int fd;

	umask(0);
	memset(name, 'n', 200);
	name[200] = '\0';
	if (mkdirat(f->at, "u/new", 0755) < 0 || mkdirat(f->at, "u/old", 0755) < 0 ||
	    mknodat(f->at, "u/old/known", S_IFCHR, 0) < 0 ||
	    mknodat(f->at, "u/old/never", S_IFCHR, 0) < 0 ||
	    mknodat(f->at, "u/nothing", S_IFCHR, 0) < 0)
		return err_sys(e, "cannot make things");
	fd = openat(f->at, "u/new", O_RDONLY | O_DIRECTORY);
	if (fsetxattr(fd, "user.overlay.opaque", "y", 1, 0) < 0 ||
	    fsetxattr(fd, "user.mine", "kept", 4, 0) < 0)
		return err_sys(e, "cannot set xattrs");
	close(fd);
	fd = openat(f->at, "u/old", O_RDONLY | O_DIRECTORY);
	if (symlinkat(name, fd, name) < 0 ||
	    fsetxattr(fd, "user.overlay.impure", "y", 1, 0) < 0)
		return err_sys(e, "cannot link");
	close(fd);
	return 0;
}

static bool
has(struct store *s, const char *chain, const char *path)
{
	cleanup_free char *full = xasprintf("%s/%s", chain, path);
	int dir = store_layers_dir(s, &err);
	struct stat st;

	return fstatat(dir, full, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
commits_a_draft(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer base, top, same;
	struct store_draft *d = NULL;
	struct filling f;
	cleanup_vec struct vec lowers = VEC_INIT;
	cleanup_buf struct buf got = BUF_INIT(1 << 20);

	ADD(&t, "old/", '5', 0755);
	ADD(&t, "old/known", '0', 0644, 0, 0, 1, NULL, "a");
	OK(unpack(s, NULL, &t, false, &base));
	vec_add(&lowers, base.chain);
	for (int i = 0; i < 2; i++) {
		OK(store_draft_new(s, &d, &err));
		f.at = store_draft_dir(d);
		OK(holder_call(store_holder(s, &err), 0, fill_draft, &f, &err));
		OK(store_draft_commit(s, d, base.chain, &lowers, 7 * NS_PER_S,
		    i == 0 ? &top : &same, &err));
	}
	CHECK_STR(same.chain, top.chain);
	CHECK(has(s, top.chain, "old/known"));
	CHECK(!has(s, top.chain, "old/never") && !has(s, top.chain, "nothing"));
	layer_tar(s, top.chain, &got);
	CHECK(memmem(got.s, got.len, "old/.wh.known", 13) != NULL);
	CHECK(memmem(got.s, got.len, ".wh..wh..opq", 12) == NULL);
	CHECK(memmem(got.s, got.len, "SCHILY.xattr.user.mine=kept", 27) != NULL);
	CHECK(memmem(got.s, got.len, "overlay", 7) == NULL);
	CHECK(memmem(got.s, got.len, "00000000007", 11) != NULL);
	end_store(s);
}

static void
knows_the_empty_layer(void)
{
	struct store *s = new_mapped();
	struct store_draft *d = NULL;
	struct store_layer l;
	cleanup_buf struct buf got = BUF_INIT(4096);

	OK(store_draft_new(s, &d, &err));
	OK(store_draft_commit(s, d, NULL, NULL, -1, &l, &err));
	CHECK_STR(l.diff, EMPTY_LAYER);
	layer_tar(s, l.chain, &got);
	CHECK_INT(got.len, 1024);
	end_store(s);
}

static size_t
count_entries(struct store *s, const char *path)
{
	int fd = openat(store_home_dir(s), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fdopendir(fd);
	size_t n = 0;

	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += path_is_name(e->d_name);
	return n;
}

static void
sweeps_what_the_dead_left(void)
{
	struct store *s = new_mapped();
	struct store_draft *d = NULL;
	cleanup_free char *tmp = xasprintf("store/tmp/%s", idmap_name(store_idmap(s)));
	pid_t pid = fork();

	if (pid == 0) {
		struct filling f;

		if (store_draft_new(s, &d, &err) == 0) {
			f.at = store_draft_dir(d);
			holder_call(store_holder(s, &err), 0, fill_draft, &f, &err);
		}
		raise(SIGKILL);
	}
	waitpid(pid, NULL, 0);
	CHECK_INT(count_entries(s, tmp), 1);
	OK(store_draft_new(s, &d, &err));
	CHECK_INT(count_entries(s, tmp), 1); /* the new one */
	store_draft_drop(s, d);
	CHECK_INT(count_entries(s, tmp), 0);
	end_store(s);
}

/* ---- unpacking what others made
 * ---------------------------------------------------------------- */

static void
reads_what_others_write(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l, l2;
	cleanup_buf struct buf got = BUF_INIT(1 << 20);
	cleanup_fd int fd = -1;

	ADD(&t, "./", '5', 0700);
	ADD(&t, "/abs/deep/file", '0', 0644, 0, 0, 1, NULL, "below the root");
	ADD(&t, "./b", '0', 0644, 0, 0, 1, NULL, "1");
	ADD(&t, "b", '0', 0644, 0, 0, 1, NULL, "second one wins");
	ADD(&t, "dir/x", '0', 0644, 0, 0, 1, NULL, "x");
	ADD(&t, "dir/.wh..wh..opq", '0');
	ADD(&t, "dir/.wh.x", '0');
	ADD(&t, "usr/lib/", '5', 0755);
	ADD(&t, "lib", '2', 0777, 0, 0, 1, "/usr/lib");
	ADD(&t, "lib/so", '0', 0644, 0, 0, 1, NULL, "through the link");
	ADD(&t, ".wh..wh.plnk/1", '0');
	OK(unpack(s, NULL, &t, true, &l));
	CHECK(has(s, l.chain, "abs/deep/file") && has(s, l.chain, "usr/lib/so"));
	CHECK(has(s, l.chain, "dir/x"));
	CHECK(store_has_blob(s, l.diff));
	/* the bytes come back as they came, not as we would have written them */
	layer_tar(s, l.chain, &got);
	fd = as_file(got.s, got.len);
	OK(store_layer_unpack(s, l.chain, fd, l.diff, true, &l2, &err));
	end_store(s);
}

static void
reads_compressed_layers(void)
{
	/* printf 'hi\n' > f; tar --owner=0 --group=0 --mtime=@0 -cf - f | gzip -9n */
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l;
	char path[] = "/tmp/drydock-gz-XXXXXX",
	     *argv[] = {(char *)"gzip", (char *)"-f", path, NULL};
	struct proc_spec spec = {.argv = argv};
	cleanup_free char *gz = NULL;
	cleanup_fd int fd = mkstemp(path), in = -1;
	char hex[65];

	ADD(&t, "f", '0', 0644, 0, 0, 0, NULL, "hi\n");
	tar_end(&t);
	hash_data(t.b.s, t.b.len, hex);
	CHECK(fd_write_all(fd, t.b.s, t.b.len) == 0);
	buf_done(&t.b);
	CHECK_INT(proc_run(&spec, &err), 0);
	gz = xasprintf("%s.gz", path);
	in = open(gz, O_RDONLY | O_CLOEXEC);
	unlink(gz);
	OK(store_layer_unpack(s, NULL, in, hex, false, &l, &err));
	CHECK_STR(l.diff, hex);
	end_store(s);
}

static void
leaves_nothing_of_a_wrong_digest(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l;
	cleanup_fd int fd = -1;
	cleanup_free char *layers =
	    xasprintf("store/layers/%s", idmap_name(store_idmap(s)));
	cleanup_free char *tmp = xasprintf("store/tmp/%s", idmap_name(store_idmap(s)));

	ADD(&t, "f", '0', 0644, 0, 0, 0, NULL, "hi\n");
	tar_end(&t);
	fd = as_file(t.b.s, t.b.len);
	buf_done(&t.b);
	FAILS(store_layer_unpack(s, NULL, fd, EMPTY_LAYER, true, &l, &err), ERR_CORRUPT);
	CHECK(strstr(err.text, "not sha256:" EMPTY_LAYER) != NULL);
	OK(store_layers_dir(s, &err));
	CHECK_INT(count_entries(s, layers), 0);
	CHECK_INT(count_entries(s, tmp), 0);
	CHECK_INT(count_entries(s, "store/blobs"), 0);
	end_store(s);
}

/* Each of these must be refused, and nothing outside may change. */
static const struct {
	struct entry first, second;
	enum err_kind want;
} hostile[] = {
    {{"../../x", '0', 0644, .data = "bad", .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{"a/../../x", '0', 0644, .data = "bad", .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{"h", '1', 0644, .link = "../../etc/passwd", .last = true}, {.name = NULL},
	ERR_CORRUPT},
    {{"h", '1', 0644, .link = "/etc/passwd", .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{"e", '2', 0777, .link = "/etc", .last = true},
	{"h", '1', 0644, .link = "e/passwd", .last = true}, ERR_CORRUPT},
    {{"dir/", '5', 0755, .last = true}, {"h", '1', 0755, .link = "dir", .last = true},
	ERR_CORRUPT},
    {{".wh.", '0', .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{".wh..", '0', .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{".wh...", '0', .last = true}, {.name = NULL}, ERR_CORRUPT},
    {{"l", '2', 0777, .link = "", .last = true}, {.name = NULL}, ERR_CORRUPT},
};

static void
refuses_hostile_tars(void)
{
	struct store *s = new_mapped();

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct tar t = TAR_INIT;
		struct store_layer l;

		tar_add(&t, hostile[i].first);
		if (hostile[i].second.name != NULL)
			tar_add(&t, hostile[i].second);
		err_clear(&err);
		CHECK_STR(unpack(s, NULL, &t, false, &l) < 0 ? "refused"
							     : hostile[i].first.name,
		    "refused");
		CHECK_INT(err.kind, hostile[i].want);
	}
	end_store(s);
}

/* A link that leads out, and then a file through it: it stays below the layer's root. */
static void
stays_below_the_root(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l;
	char outside[] = "/tmp/drydock-outside-XXXXXX", through[64];

	CHECK(mkdtemp(outside) != NULL);
	snprintf(through, sizeof through, "tmp/%s", path_base(outside));
	ADD(&t, "out", '2', 0777, .link = outside);
	ADD(&t, through, '5', 0755);
	ADD(&t, "out/evil", '0', 0644, .data = "bad");
	ADD(&t, "up", '2', 0777, .link = "../../../../../../../../tmp");
	ADD(&t, "up/evil", '0', 0644, .data = "bad");
	/* replaces the link, does not follow it */
	ADD(&t, "out", '0', 0644, .data = "a file now");
	OK(unpack(s, NULL, &t, false, &l));
	CHECK(rmdir(outside) == 0); /* still empty */
	CHECK(access("/tmp/evil", F_OK) < 0);
	CHECK(has(s, l.chain, "tmp/evil"));
	end_store(s);
}

static void
refuses_bombs_and_rubbish(void)
{
	struct store *s = new_mapped();
	struct store_layer l;
	cleanup_fd int fd = as_file("this is no tar at all, whatever else it may be", 46);
	struct tar t = TAR_INIT;
	cleanup_fd int cut = -1;

	FAILS(store_layer_unpack(s, NULL, fd, NULL, false, &l, &err), ERR_CORRUPT);
	ADD(&t, "f", '0', 0644, .data = "content");
	cut = as_file(t.b.s, t.b.len - 300);
	buf_done(&t.b);
	FAILS(store_layer_unpack(s, NULL, cut, NULL, false, &l, &err), ERR_CORRUPT);
	end_store(s);
}

/* The first entry is refused while most of the stream is still on its way. */
static void
gives_up_early_on_a_long_stream(void)
{
	struct store *s = new_mapped();
	struct tar t = TAR_INIT;
	struct store_layer l;
	cleanup_free char *big = xmalloc(4 << 20);

	memset(big, 'x', (4 << 20) - 1);
	big[(4 << 20) - 1] = '\0';
	ADD(&t, "../x", '0', 0644, .data = "bad");
	ADD(&t, "big", '0', 0644, .data = big);
	alarm(60); /* a deadlock is a failure, not a wait */
	FAILS(unpack(s, NULL, &t, false, &l), ERR_CORRUPT);
	alarm(0);
	end_store(s);
}

/* ---- images
 * ----------------------------------------------------------------------------------------
 */

static void
add_image(struct store *s, struct store_layer *l, char id[65])
{
	struct tar t = TAR_INIT;
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_free char *digest = NULL, *json = NULL;
	size_t len;

	make_canonical(&t);
	OK(unpack(s, NULL, &t, false, l));
	digest = xasprintf("sha256:%s", l->diff);
	vec_add(&c.diff_ids, digest);
	vec_add(&c.env, "A=1");
	c.created = 5 * NS_PER_S;
	image_set(&c.os, "linux");
	image_set(&c.architecture, "amd64");
	image_config_add_history(&c, 0, "x", NULL, false);
	json = image_config_encode(&c, &len);
	OK(store_add_image(s, json, len, id, &err));
}

static void
loads_images(void)
{
	struct store *s = new_mapped();
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	struct store_layer l;
	char id[65];

	add_image(s, &l, id);
	OK(store_load_image(s, id, &i, &err));
	CHECK_INT(i.chains.len, 1);
	CHECK_STR(i.chains.v[0], l.chain);
	CHECK_STR(i.diffs.v[0], l.diff);
	CHECK_INT(i.size, 10);
	CHECK_INT(i.created, 5 * NS_PER_S);
	CHECK(json_is_array(json_object_get(i.config, "Env")));
	OK(store_stat_image(s, id, &i, &err));
	OK(store_read_config(s, id, &c, &err));
	CHECK_STR(c.env.v[0], "A=1");
	id[0] = id[0] == '0' ? '1' : '0';
	FAILS(store_load_image(s, id, &i, &err), ERR_NOT_FOUND);
	FAILS(store_load_image(s, "../x", &i, &err), ERR_INPUT);
	end_store(s);
}

static void
makes_a_lost_run_record_again(void)
{
	struct store *s = new_mapped();
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;
	struct store_layer l;
	char id[65], path[100];

	add_image(s, &l, id);
	snprintf(path, sizeof path, "store/run/%s", id);
	CHECK(unlinkat(store_home_dir(s), path, 0) == 0);
	OK(store_load_image(s, id, &i, &err));
	CHECK_INT(i.chains.len, 1);
	OK(store_unpack_image(s, id, &err));
	end_store(s);
}

static void
says_which_layer_is_missing(void)
{
	struct store *s = new_mapped();
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;
	struct store_layer l;
	char id[65];

	add_image(s, &l, id);
	OK(store_remove_tree(s, store_layers_dir(s, &err), l.chain, &err));
	FAILS(store_load_image(s, id, &i, &err), ERR_NOT_FOUND);
	CHECK(strstr(err.text, "missing") != NULL);
	FAILS(store_stat_image(s, id, &i, &err), ERR_NOT_FOUND);
	end_store(s);
}

/* What one map has unpacked, the other map gets: same bytes, same ids. */
static void
carries_layers_between_maps(void)
{
	struct store *s = new_mapped(), *other = NULL;
	cleanup_free char *home = xstrdup(store_home(s));
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;
	cleanup_free char *before =
	    getenv("DRYDOCK_IDMAP") ? xstrdup(getenv("DRYDOCK_IDMAP")) : NULL;
	bool one = store_idmap(s) == IDMAP_ONE;
	struct store_layer l;
	char id[65];
	int rc;

	add_image(s, &l, id);
	setenv("DRYDOCK_IDMAP", one ? "range" : "one", 1);
	OK(store_open(home, &other, &err));
	if (store_idmap(other) == store_idmap(s) || store_holder(other, &err) == NULL) {
		if (before)
			setenv("DRYDOCK_IDMAP", before, 1);
		else
			unsetenv("DRYDOCK_IDMAP");
		store_free(other);
		end_store(s);
		SKIP("only one id map is possible here");
	}
	OK(store_stat_image(other, id, &i, &err));
	rc = store_load_image(other, id, &i, &err);
	if (before)
		setenv("DRYDOCK_IDMAP", before, 1);
	else
		unsetenv("DRYDOCK_IDMAP");
	OK(rc);
	CHECK(store_idmap(other) != store_idmap(s));
	CHECK(has(other, l.chain, "bin/su"));
	store_free(other);
	end_store(s);
}

TEST_MAIN({"blobs are kept under their digest", keeps_blobs},
    {"chain ids are those of the image spec", computes_chain_ids},
    {"the build cache gives back what was put", caches},
    {"the library remembers tags", remembers_the_library},
    {"a home folder is never removed", refuses_to_remove_a_home_folder},
    {"removal follows no link", follows_no_link_when_removing},
    {"a canonical tar comes back byte for byte", makes_the_same_bytes_again},
    {"devices, odd names and high ids come back", makes_hard_cases_again},
    {"a draft becomes a layer without needless whiteouts", commits_a_draft},
    {"the empty layer is Docker's", knows_the_empty_layer},
    {"a killed process leaves nothing for long", sweeps_what_the_dead_left},
    {"tars of others are read, their bytes kept", reads_what_others_write},
    {"compressed layers are read", reads_compressed_layers},
    {"a wrong digest leaves nothing behind", leaves_nothing_of_a_wrong_digest},
    {"hostile tars are refused", refuses_hostile_tars},
    {"no link leads out of a layer", stays_below_the_root},
    {"rubbish and truncated tars are refused", refuses_bombs_and_rubbish},
    {"a refused layer ends at once", gives_up_early_on_a_long_stream},
    {"an image is loaded from its run record", loads_images},
    {"a lost run record is made again", makes_a_lost_run_record_again},
    {"a missing layer is named", says_which_layer_is_missing},
    {"layers travel between id maps", carries_layers_between_maps})
