/*
 * setup_test.c - locks, mirrors, recipes, packages and wheels, without a network or a
 * store
 */
#include "sandbox/setup/assets.h"
#include "sandbox/setup/deb.h"
#include "sandbox/setup/dpkg.h"
#include "sandbox/setup/online.h"
#include "sandbox/setup/pool.h"
#include "sandbox/setup/recipe.h"
#include "sandbox/setup/sources.h"
#include "sandbox/setup/tree.h"
#include "sandbox/setup/wheel.h"
#include "sandbox/store/tar.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- locks --------------------------------------------------------------------------
 */

static void
locks_are_read(void)
{
	cleanup_lock struct lock lock = LOCK_INIT;
	const struct lock_deb *d;

	CHECK(lock_parse("# c\n\nbash 5.1-2+deb11u1 amd64 17 " SUM
			 " debian/pool/main/b/bash/bash_5.1_amd64.deb 6469\n",
		  "x", &lock, NULL) == 0);
	CHECK_INT(lock.ndebs, 1);
	d = lock_find(&lock, "bash");
	CHECK(d != NULL && lock_find(&lock, "dash") == NULL);
	CHECK_STR(d->version, "5.1-2+deb11u1");
	CHECK_STR(d->path, "debian/pool/main/b/bash/bash_5.1_amd64.deb");
	CHECK_INT(d->size, 17);
}

static void
a_package_of_two_locks_is_one(void)
{
	static const char text[] = "a 1 all 1 " SUM " debian/pool/a_1_all.deb 1\n";
	cleanup_lock struct lock lock = LOCK_INIT;

	CHECK(lock_parse(text, "x", &lock, NULL) == 0);
	CHECK(lock_parse(text, "y", &lock, NULL) == 0);
	CHECK_INT(lock.ndebs, 1);
}

static void
bad_lock_lines_are_refused(void)
{
	static const char *const lines[] = {
	    "a 1 all 1 " SUM " debian/pool/a.deb",            /* a field is missing */
	    "a 1 all x " SUM " debian/pool/a.deb 1",          /* no size */
	    "a 1 all 0 " SUM " debian/pool/a.deb 1",          /* empty */
	    "a 1 all 1 abc debian/pool/a.deb 1",              /* no sum */
	    "a 1 all 1 " SUM " ubuntu/pool/a.deb 1",          /* another archive */
	    "a 1 all 1 " SUM " debian/pool/../../../a.deb 1", /* climbs out */
	    "../a 1 all 1 " SUM " debian/pool/a.deb 1",       /* a path as name */
	    "a 1;b all 1 " SUM " debian/pool/a.deb 1",
	    "a 1 all 1 " SUM " debian/pool/a?b.deb 1",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		cleanup_lock struct lock lock = LOCK_INIT;
		struct err err = ERR_INIT;

		CHECK(lock_parse(lines[i], "some.lock", &lock, &err) < 0);
		CHECK(strstr(err.text, "some.lock line 1") != NULL);
	}
}

static void
our_locks_are_whole(void)
{
	static const struct {
		const char *name;
		size_t least;
	} locks[] = {{"busybox", 1}, {"python", 100}, {"interpreter", 9},
	    {"workstation", 10}, {"wheels", 9}, {"bookworm", 81}, {"pool-bullseye", 100},
	    {"pool-bookworm", 100}};

	for (size_t i = 0; i < ARRAY_LEN(locks); i++) {
		cleanup_lock struct lock lock = LOCK_INIT;
		struct err err = ERR_INIT;

		recipe_load_lock(locks[i].name, &lock, &err);
		CHECK_STR(err.text, "");
		CHECK(lock.ndebs >= locks[i].least);
	}
}

/* What apt would install with an image's packages must fit them: one version a name. */
static void
pools_fit_their_images(void)
{
	static const char *const pairs[][2] = {
	    {"pool-bullseye", "python"}, {"pool-bookworm", "bookworm"}};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		cleanup_lock struct lock pool = LOCK_INIT, image = LOCK_INIT;

		CHECK(recipe_load_lock(pairs[i][0], &pool, NULL) == 0);
		CHECK(recipe_load_lock(pairs[i][1], &image, NULL) == 0);
		for (size_t k = 0; k < pool.ndebs; k++)
			CHECK(lock_find(&image, pool.debs[k].name) == NULL);
		CHECK(lock_find(&pool, "gcc") != NULL);
		CHECK(lock_find(&pool, "curl") != NULL);
		CHECK(lock_find(&pool, "git") != NULL);
	}
}

static void
a_pool_is_as_apt_reads_it(void)
{
	cleanup_lock struct lock lock = LOCK_INIT;
	cleanup_buf struct buf packages = BUF_INIT(BUF_OURS),
			       release = BUF_INIT(BUF_OURS);

	CHECK(lock_parse("a 1 all 17 " SUM " debian/pool/main/a/a/a_1_all.deb 1\n", "x",
		  &lock, NULL) == 0);
	pool_stanza(
	    &packages, "Package: a\nVersion: 1\nDescription: x\n y\n\n", &lock.debs[0]);
	CHECK_STR(packages.s,
	    "Package: a\nVersion: 1\nDescription: x\n y\nFilename: ./p/a_1_all.deb\n"
	    "Size: 17\nSHA256: " SUM "\n\n");
	pool_release(&release, "bullseye", "abc", 3);
	CHECK(strstr(release.s, "\nCodename: bullseye\n") != NULL);
	CHECK(strstr(release.s,
		  "\nSHA256:\n ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
		  "f20015ad 3 Packages\n") != NULL);
	CHECK(str_ends(release.s, " 3 main/binary-amd64/Packages\n"));
}

/* ---- mirrors ------------------------------------------------------------------------
 */

static void
one_line_sources(void)
{
	cleanup_mirrors struct mirrors m = MIRRORS_INIT;

	sources_parse_list("# deb http://commented/debian bookworm main\n"
			   "deb [arch=amd64 signed-by=/k.gpg] http://a/debian/ bookworm "
			   "main contrib # x\n"
			   "deb http://a/debian bookworm-updates main\n"
			   "deb-src http://src/debian bookworm main\n"
			   "deb http://b/debian-security bookworm-security main\n"
			   "deb http://old/debian-security buster/updates main\n"
			   "deb https://node/repo nodistro main\n"
			   "deb https://docker/linux/debian bookworm stable\n"
			   "deb cdrom:[Debian]/ bookworm main\n"
			   "deb http://broken\n",
	    &m);
	CHECK_INT(m.main.len, 1);
	CHECK_STR(m.main.v[0], "http://a/debian");
	CHECK_INT(m.security.len, 1);
	CHECK_STR(m.security.v[0], "http://b/debian-security");
}

static void
deb822_sources(void)
{
	cleanup_mirrors struct mirrors m = MIRRORS_INIT;

	sources_parse_deb822("Types: deb deb-src\n"
			     "# a comment\n"
			     "URIs: http://a/odd\n"
			     " http://b/debian/\n"
			     "Suites: trixie trixie-updates\n"
			     "Components: main\n"
			     "\n"
			     "Enabled: no\n"
			     "Types: deb\n"
			     "URIs: http://off/debian\n"
			     "Suites: trixie\n"
			     "Components: main\n"
			     "\n"
			     "types: deb\n"
			     "uris: http://s/debian-security\n"
			     "suites: trixie-security\n"
			     "components: main",
	    &m);
	CHECK_INT(m.main.len, 2);
	CHECK_STR(m.main.v[0], "http://b/debian"); /* the usual name comes first */
	CHECK_STR(m.main.v[1], "http://a/odd");
	CHECK_INT(m.security.len, 1);
}

static void
addresses_of_a_package(void)
{
	cleanup_mirrors struct mirrors m = MIRRORS_INIT;
	cleanup_vec struct vec urls = VEC_INIT;

	vec_add(&m.main, "http://a/debian");
	mirrors_add_neighbours(&m);
	CHECK_STR(m.security.v[0], "http://a/debian-security");
	mirrors_urls(&m, "debian-security/pool/x.deb", &urls);
	CHECK_INT(urls.len, 2);
	CHECK_STR(urls.v[0], "http://a/debian-security/pool/x.deb");
	CHECK_STR(urls.v[1], "http://a/debian/pool/x.deb");
}

static void
a_given_base(void)
{
	static const char *const bases[] = {
	    "http://h/m", "http://h/m/", "http://h/m/debian"};

	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		cleanup_mirrors struct mirrors m = MIRRORS_INIT;

		mirrors_add_base(&m, bases[i]);
		CHECK_STR(m.main.v[0], "http://h/m/debian");
		CHECK_STR(m.security.v[0], "http://h/m/debian-security");
	}
}

static void
the_proxy_of_apt(void)
{
	cleanup_free char *proxy =
	    sources_parse_proxy("// x\nAcquire::http::Proxy::special \"http://no\";\n"
				"Acquire::http::Proxy \"http://cache:3142\";\n");

	CHECK_STR(proxy, "http://cache:3142");
	CHECK(sources_parse_proxy("Acquire::http::Proxy \"DIRECT\";") == NULL);
	CHECK(sources_parse_proxy("APT::x \"y\";") == NULL);
}

/* ---- trees and tars ------------------------------------------------------------------
 */

static void
paths_of_packages(void)
{
	static const struct {
		const char *name;
		bool merged;
		const char *path; /* NULL: refused */
	} rows[] = {
	    {"./usr/bin/x", false, "/usr/bin/x"},
	    {"./", false, "/"},
	    {"./.dot", false, "/.dot"},
	    {"./bin/sh", false, "/bin/sh"},
	    {"./bin/sh", true, "/usr/bin/sh"},
	    {"./lib64/ld.so", true, "/usr/lib64/ld.so"},
	    {"./lib", true, "/usr/lib"},
	    {"./library/x", true, "/library/x"},
	    {"./usr/lib/x", true, "/usr/lib/x"},
	    {"./a/../../x", false, NULL},
	    {"..", false, NULL},
	    {"a/..b/c..", false, "/a/..b/c.."},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *path = deb_path(rows[i].name, rows[i].merged);

		if (rows[i].path == NULL)
			CHECK(path == NULL);
		else
			CHECK_STR(path, rows[i].path);
	}
}

static void
order_is_that_of_a_walk(void)
{
	CHECK(tree_compare("/a", "/a/b") < 0);
	CHECK(tree_compare("/a/b", "/a-b") < 0); /* strcmp says the contrary */
	CHECK(tree_compare("/a-b", "/ab") < 0);
	CHECK(tree_compare("/a", "/a") == 0);
	CHECK(tree_compare("/b", "/a/z") > 0);
}

static void
fill(struct tree *t, bool backwards)
{
	static const char *const files[] = {"/usr/bin/b", "/etc/a", "/usr/bin-x/c"};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		tree_text(t, files[backwards ? ARRAY_LEN(files) - 1 - i : i], "text");
	CHECK(tree_hard(t, "/usr/bin/a", "/usr/bin/b") != NULL);
	tree_link(t, "/usr/link", "bin");
}

static void
same_tree_same_tar(void)
{
	cleanup_tree struct tree one = TREE_INIT, two = TREE_INIT;
	char first[65], second[65], again[65];

	fill(&one, false);
	fill(&two, true);
	CHECK(tree_write_tar(&one, 0, -1, first, NULL) == 0);
	CHECK(tree_write_tar(&two, 0, -1, second, NULL) == 0);
	CHECK(tree_write_tar(&one, 0, -1, again, NULL) == 0);
	CHECK_STR(second, first);
	CHECK_STR(again, first);
	tree_find(&two, "/etc/a")->mode = 0600;
	CHECK(tree_write_tar(&two, 0, -1, second, NULL) == 0);
	CHECK(strcmp(second, first) != 0);
}

/* Names of a tar, each with its type in front. */
static void
list_tar(const char *tar, size_t len, struct buf *out)
{
	for (size_t at = 0; at + 512 <= len && tar[at] != '\0';) {
		size_t size = strtoul(tar + at + 124, NULL, 8);

		buf_addf(out, "%c%s ", tar[at + 156], tar + at);
		at += 512 + (size + 511) / 512 * 512;
	}
}

static void
tar_of(const struct tree *t, unsigned layer, struct buf *names)
{
	char path[] = "/tmp/setup-test.XXXXXX", hex[65];
	cleanup_fd int fd = mkstemp(path);
	cleanup_buf struct buf tar = BUF_INIT(BUF_OURS);

	CHECK(fd >= 0);
	unlink(path);
	CHECK(tree_write_tar(t, layer, fd, hex, NULL) == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	CHECK(fd_slurp(fd, "tar", &tar, NULL) == 0);
	list_tar(tar.s, tar.len, names);
}

static void
first_name_has_the_content(void)
{
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_buf struct buf names = BUF_INIT(BUF_OURS);

	fill(&t, false);
	tar_of(&t, 0, &names);
	CHECK_STR(names.s,
	    "5etc/ 0etc/a 5usr/ 5usr/bin/ 0usr/bin/a 1usr/bin/b 5usr/bin-x/ "
	    "0usr/bin-x/c 2usr/link ");
}

static void
a_second_layer_has_what_is_new(void)
{
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_buf struct buf names = BUF_INIT(BUF_OURS);

	fill(&t, false);
	t.layer++;
	tree_text(&t, "/usr/bin/b2", "new");
	tree_text(&t, "/etc/a", "changed");
	tar_of(&t, 1, &names);
	CHECK_STR(names.s, "5etc/ 0etc/a 5usr/ 5usr/bin/ 0usr/bin/b2 ");
}

/* ---- recipes -------------------------------------------------------------------------
 */

static void
recipes_are_read(void)
{
	cleanup_recipe struct recipe r = RECIPE_INIT;
	struct err err = ERR_INIT;

	CHECK(recipe_parse("# c\nimage a/b:c\n\nfile /x 0600\n\tone\n\t\ttwo\n\t\n", &r,
		  &err) == 0);
	CHECK_INT(r.nlines, 2);
	CHECK_STR(recipe_get(&r, "image"), "a/b:c");
	CHECK(recipe_get(&r, "id") == NULL);
	CHECK_STR(r.lines[1].args.v[2], "0600");
	CHECK_INT(r.lines[1].body.len, 3);
	CHECK_STR(r.lines[1].body.v[1], "\ttwo");
	CHECK_STR(r.lines[1].body.v[2], "");
	recipe_done(&r);
	CHECK(recipe_parse("\tlost\n", &r, &err) < 0);
}

static void
patches(void)
{
	cleanup_vec struct vec body = VEC_INIT, missing = VEC_INIT;
	char *text = xstrdup("a = 1\nb = 2\na = 1\n");
	size_t len = strlen(text);
	struct err err = ERR_INIT;

	vec_add(&body, "-1");
	vec_add(&body, "+one");
	vec_add(&body, "-b = 2");
	vec_add(&body, "-a");
	vec_add(&body, "+c");
	CHECK(recipe_patch(&body, &text, &len, NULL) == 0);
	CHECK_STR(text, "a = one\nc = one\n");
	CHECK_INT(len, strlen(text));
	vec_add(&missing, "-nowhere");
	vec_add(&missing, "+x");
	CHECK(recipe_patch(&missing, &text, &len, &err) < 0);
	CHECK(strstr(err.text, "nowhere") != NULL);
	free(text);
}

static void
our_recipes_name_an_image_and_its_id(void)
{
	static const char *const names[] = {
	    "hello-world", "busybox", "python", "workstation"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cleanup_recipe struct recipe r = RECIPE_INIT;
		cleanup_lock struct lock lock = LOCK_INIT;
		struct err err = ERR_INIT;

		recipe_load(names[i], &r, &err);
		CHECK_STR(err.text, "");
		CHECK(recipe_get(&r, "image") != NULL && recipe_get(&r, "id") != NULL);
		CHECK_INT(strlen(recipe_get(&r, "id")), 64);
		CHECK(recipe_locks(names[i], &lock, &err) == 0);
	}
}

static void
hello_world_runs(void)
{
	cleanup_kitchen struct kitchen k = KITCHEN_INIT(-1);
	char path[] = "/tmp/setup-hello.XXXXXX";
	cleanup_buf struct buf out = BUF_INIT(65536);
	struct err err = ERR_INIT;
	const struct node *hello;
	int fd;

	CHECK(kitchen_make(&k, "hello-world", &err) == 0);
	hello = tree_find(&k.tree, "/hello");
	CHECK(hello != NULL && hello->mode == 0755);
	fd = mkostemp(path, O_CLOEXEC);
	CHECK(fd_write_all(fd, hello->data, hello->len) == 0 && fchmod(fd, 0700) == 0);
	close(fd);
	CHECK_INT(
	    proc_capture(&(struct proc_spec){.argv = (char *[]){path, NULL}}, &out, &err),
	    0);
	unlink(path);
	CHECK_STR(out.s, asset("hello-world.txt", NULL));
	CHECK_STR(k.config.cmd.v[0], "/hello");
}

static void
unknown_words_are_named(void)
{
	cleanup_kitchen struct kitchen k = KITCHEN_INIT(-1);
	struct err err = ERR_INIT;

	CHECK(kitchen_make(&k, "nothing", &err) < 0);
	CHECK(strstr(err.text, "nothing") != NULL);
}

/* ---- packages -------------------------------------------------------------------------
 */

struct member {
	const char *path; /* ends in '/': a folder */
	const char *text;
};

static void
add_tar(struct buf *ar, const char *name, const struct member *members, size_t n)
{
	char path[] = "/tmp/setup-test.XXXXXX", hex[65];
	cleanup_fd int fd = mkstemp(path);
	struct tar_out *out = tar_out_new(fd);
	cleanup_buf struct buf tar = BUF_INIT(BUF_OURS);

	unlink(path);
	for (size_t i = 0; i < n; i++) {
		bool folder = str_ends(members[i].path, "/");
		struct tar_entry e = {.path = members[i].path,
		    .type = folder ? '5' : '0',
		    .mode = folder ? 0755 : 0644,
		    .size = folder ? 0 : (int64_t)strlen(members[i].text),
		    .mtime = 1000};

		CHECK(tar_put_entry(out, &e, NULL) == 0);
		if (!folder)
			CHECK(tar_put(out, members[i].text, (size_t)e.size, NULL) == 0 &&
			      tar_put_padding(out, e.size, NULL) == 0);
	}
	CHECK(tar_out_end(out, hex, NULL) == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && fd_slurp(fd, "tar", &tar, NULL) == 0);
	buf_addf(ar, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 0, 0, 0, "100644", tar.len);
	buf_add(ar, tar.s, tar.len);
}

/* A folder of packages with one, named by SUM. */
static int
make_package(char *folder, const struct member *data, size_t ndata)
{
	static const struct member control[] = {
	    {"./control", "Package: tool\nVersion: 1\nArchitecture: amd64\n"
			  "Multi-Arch: same\nDescription: a tool\n more\n"},
	    {"./conffiles", "/etc/tool.conf\n"},
	    {"./postinst", "#!/bin/sh\n"},
	    {"./triggers", "interest-noawait /usr/share/tool\ninterest named\n"},
	};
	cleanup_buf struct buf ar = BUF_INIT(BUF_OURS);
	int dir;

	CHECK(mkdtemp(folder) != NULL);
	buf_adds(&ar, "!<arch>\n");
	buf_addf(&ar, "%-16s%-12d%-6d%-6d%-8s%-10d`\n2.0\n", "debian-binary", 0, 0, 0,
	    "100644", 4);
	add_tar(&ar, "control.tar", control, ARRAY_LEN(control));
	add_tar(&ar, "data.tar", data, ndata);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(fd_write_file(dir, SUM, ar.s, ar.len, 0644, NULL) == 0);
	return dir;
}

static const char *
text_of(const struct tree *t, const char *path, struct buf *out)
{
	const struct node *n = tree_find(t, path);

	buf_clear(out);
	if (n != NULL)
		buf_add(out, n->data, n->len);
	return out->s;
}

static void
a_package_and_its_database(void)
{
	static const struct member data[] = {{"./", ""}, {"./etc/", ""},
	    {"./etc/tool.conf", "abc"}, {"./usr/share/man/man1/tool.1", "left out"}};
	char folder[] = "/tmp/setup-test.XXXXXX";
	cleanup_fd int dir = make_package(folder, data, ARRAY_LEN(data));
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_dpkg struct dpkg db = DPKG_INIT;
	cleanup_buf struct buf b = BUF_INIT(65536);
	const struct lock_deb deb = {.name = (char[]){"tool"}, .sha256 = (char[]){SUM}};
	struct err err = ERR_INIT;

	dpkg_add(&db, &t, dir, &deb, &err);
	CHECK_STR(err.text, "");
	dpkg_write(&db, &t);
	fd_remove_tree(AT_FDCWD, folder);
	CHECK_STR(text_of(&t, "/etc/tool.conf", &b), "abc");
	CHECK_INT(tree_find(&t, "/etc/tool.conf")->mtime, 1000);
	CHECK(tree_find(&t, "/usr/share/man/man1/tool.1") == NULL);
	CHECK_STR(text_of(&t, "/var/lib/dpkg/status", &b),
	    "Package: tool\nStatus: install ok installed\nVersion: 1\n"
	    "Architecture: amd64\nMulti-Arch: same\nDescription: a tool\n more\n"
	    "Conffiles:\n /etc/tool.conf 900150983cd24fb0d6963f7d28e17f72\n\n");
	CHECK_STR(text_of(&t, "/var/lib/dpkg/info/tool:amd64.list", &b),
	    "/.\n/etc\n/etc/tool.conf\n/usr/share/man/man1/tool.1\n");
	CHECK_INT(tree_find(&t, "/var/lib/dpkg/info/tool:amd64.postinst")->mode, 0755);
	CHECK_STR(text_of(&t, "/var/lib/dpkg/triggers/File", &b),
	    "/usr/share/tool tool:amd64/noawait\n");
	CHECK_STR(text_of(&t, "/var/lib/dpkg/triggers/named", &b), "tool:amd64\n");
}

static void
bad_packages_are_refused(void)
{
	static const struct member climbs[] = {{"./../etc/passwd", "x"}};
	char folder[] = "/tmp/setup-test.XXXXXX";
	cleanup_fd int dir = make_package(folder, climbs, ARRAY_LEN(climbs));
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_dpkg struct dpkg db = DPKG_INIT;
	const struct lock_deb deb = {.name = (char[]){"tool"}, .sha256 = (char[]){SUM}};
	struct err err = ERR_INIT;

	CHECK(dpkg_add(&db, &t, dir, &deb, &err) < 0);
	CHECK(strstr(err.text, "tool") != NULL);
	CHECK(fd_write_file(dir, SUM, "garbage", 7, 0644, NULL) == 0);
	CHECK(dpkg_add(&db, &t, dir, &deb, &err) < 0);
	fd_remove_tree(AT_FDCWD, folder);
	CHECK(dpkg_add(&db, &t, dir, &deb, &err) < 0);
}

static void
slim_images_leave_out(void)
{
	static const char *const out[] = {"/usr/share/man/man1/a.1.gz",
	    "/usr/share/doc/bash/README", "/usr/share/locale/de/x.mo",
	    "/usr/share/doc/bash/examples/x"};
	static const char *const in[] = {"/usr/share/man", "/usr/share/doc/bash",
	    "/usr/share/doc/bash/copyright", "/usr/share/mandatory", "/bin/bash"};

	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		CHECK(dpkg_is_left_out(out[i]));
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		CHECK(!dpkg_is_left_out(in[i]));
}

/* ---- wheels
 * ---------------------------------------------------------------------------- */

static void
record_lines(void)
{
	cleanup_buf struct buf b = BUF_INIT(4096);

	/* From `pip install` of files with this content. */
	record_add(&b, "a/b.py", "", 0);
	record_add(&b, "x,y", "abc", 3);
	CHECK_STR(b.s, "a/b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
		       "\"x,y\",sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n");
}

static int
collect(void *arg, struct deb_entry *e, struct err *err)
{
	(void)err;
	buf_addf(arg, "%s=%.*s;", e->path, (int)e->len, e->data != NULL ? e->data : "");
	return 0;
}

static void
zips_can_be_read_again(void)
{
	struct zip one = ZIP_INIT, two = ZIP_INIT;
	cleanup_buf struct buf seen = BUF_INIT(4096);
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		zip_add(i ? &two : &one, "a/b", "hello", 5);
		zip_add(i ? &two : &one, "c", "", 0);
		zip_finish(i ? &two : &one);
	}
	CHECK(one.out.len == two.out.len);
	CHECK(memcmp(one.out.s, two.out.s, one.out.len) == 0);
	zip_read(one.out.s, one.out.len, &(struct deb_visit){collect, &seen}, &err);
	CHECK_STR(err.text, "");
	CHECK_STR(seen.s, "/a/b=hello;/c=;");
	one.out.s[35] ^= 1; /* a byte of hello: the sum must not fit any more */
	CHECK(zip_read(
		  one.out.s, one.out.len, &(struct deb_visit){collect, &seen}, &err) < 0);
	zip_done(&one);
	zip_done(&two);
}

static void
wheels_from_packages(void)
{
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_buf struct buf wheel = BUF_INIT(BUF_OURS), seen = BUF_INIT(BUF_OURS);
	cleanup_free char *name = NULL;
	struct err err = ERR_INIT;

	tree_text(&t, "/tool/a.py", "x = 1\n");
	tree_text(&t, "/tool/_speed.cpython-313.so", "of another Python");
	tree_text(&t, "/Tool-1.2.egg-info/PKG-INFO", "Name: Tool\nVersion: 1.2\n");
	tree_text(&t, "/Tool-1.2.egg-info/SOURCES.txt", "not wanted");
	wheel_pack(&t, "licence", &name, &wheel, &err);
	CHECK_STR(err.text, "");
	CHECK_STR(name, "Tool-1.2-py3-none-any.whl");
	zip_read(wheel.s, wheel.len, &(struct deb_visit){collect, &seen}, &err);
	CHECK(strstr(seen.s, "/Tool-1.2.dist-info/METADATA=Name: Tool\n") != NULL);
	CHECK(strstr(seen.s, "/tool/a.py=x = 1\n;") != NULL);
	CHECK(strstr(seen.s, "Tag: py3-none-any\n") != NULL);
	CHECK(strstr(seen.s, "\ntool/a.py,sha256=") != NULL);
	CHECK(strstr(seen.s, "\nTool-1.2.dist-info/RECORD,,\n;") != NULL);
	CHECK(strstr(seen.s, "_speed") == NULL && strstr(seen.s, "SOURCES") == NULL);
}

static void
no_wheel_without_a_name(void)
{
	cleanup_tree struct tree t = TREE_INIT;
	cleanup_buf struct buf wheel = BUF_INIT(BUF_OURS);
	cleanup_free char *name = NULL;
	struct err err = ERR_INIT;

	tree_text(&t, "/tool/a.py", "x = 1\n");
	CHECK(wheel_pack(&t, NULL, &name, &wheel, &err) < 0);
	CHECK(name == NULL && wheel.len == 0);
}

static void
settings_of_pip(void)
{
	cleanup_vec struct vec lines = VEC_INIT;

	online_parse_pip("[global]\nindex-url = http://a/simple\ntimeout: 9\ncolor = no\n"
			 "extra-index-url =\n    http://b\n    http://c\n# x\n",
	    &lines);
	online_parse_pip("[install]\nindex-url=http://d\n", &lines);
	cleanup_free char *all = vec_join(&lines, "\n");
	CHECK_STR(all, "index-url = http://d\ntimeout = 9\n"
		       "extra-index-url = \n  http://b\n  http://c");
}

TEST_MAIN({"where pip gets packages from", settings_of_pip},
    {"lock lines are read", locks_are_read},
    {"a package of two locks is fetched once", a_package_of_two_locks_is_one},
    {"bad lock lines are refused with their number", bad_lock_lines_are_refused},
    {"our own locks are whole", our_locks_are_whole},
    {"pools fit the images that they are for", pools_fit_their_images},
    {"a pool is as apt reads it", a_pool_is_as_apt_reads_it},
    {"one-line sources name the mirrors", one_line_sources},
    {"deb822 sources name the mirrors", deb822_sources},
    {"a package is looked for in both archives", addresses_of_a_package},
    {"a given base may end in /debian", a_given_base},
    {"apt's proxy is found", the_proxy_of_apt},
    {"names in packages become clean paths, merged or not", paths_of_packages},
    {"the order is that of a walk", order_is_that_of_a_walk},
    {"the same tree gives the same tar", same_tree_same_tar},
    {"the first name of a file has its content", first_name_has_the_content},
    {"a second layer has what is new", a_second_layer_has_what_is_new},
    {"recipes are read", recipes_are_read}, {"patches replace or complain", patches},
    {"our own recipes name an image and its id", our_recipes_name_an_image_and_its_id},
    {"the program of hello-world runs", hello_world_runs},
    {"a recipe that does not exist is named", unknown_words_are_named},
    {"a package comes with dpkg's database", a_package_and_its_database},
    {"damaged and malicious packages are refused", bad_packages_are_refused},
    {"slim images leave out manuals but no licences", slim_images_leave_out},
    {"RECORD lines are as pip writes them", record_lines},
    {"zips are the same every time and can be read", zips_can_be_read_again},
    {"a package becomes a wheel", wheels_from_packages},
    {"what has no name becomes no wheel", no_wheel_without_a_name})
