/*
 * docker_test.c - options, usage, help, ports, the client's files, foreign archives
 *
 * What a command does is tested with the real program (tests/e2e, tests/oracle); here
 * all rows have a function that only says that it was called.
 */
#include "sandbox/docker/command.h"
#include "sandbox/docker/mounts.h"
#include "sandbox/docker/untar.h"
#include "tests/unit/test.h"
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
called(struct docker *d)
{
	printf("called %s with %zu\n", d->path, d->opts.nargs);
	return 7;
}

static const struct docker_command commands[] = {
#define COMMAND(program, function, ...) \
	{#program, called, function##_options, __VA_ARGS__},
#include "sandbox/docker/commands.def"
#undef COMMAND
    {.paths = NULL},
};

/* ---- running the command line in a child ---- */

static char output[65536];

/* Runs `docker WORDS` (split at blanks, '_' stands for a blank); gives the exit code and
 * leaves both streams in output. */
static int
run(const char *line)
{
	cleanup_vec struct vec argv = VEC_INIT;
	int pipes[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	vec_add(&argv, "docker");
	vec_split(&argv, line, " ");
	CHECK(pipe(pipes) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setenv("DRYDOCK_ASKED", "1", 1);
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		close(pipes[0]);
		status = docker_main(commands, argv.v, 1);
		fflush(stdout);
		_exit(status);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], output + len, sizeof output - 1 - len)) > 0)
		len += (size_t)n;
	output[len] = '\0';
	close(pipes[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

/* ---- options ---- */

static const struct opt_row some[] = {
    OPT("all", 'a', OPT_BOOL, "All of it"),
    OPT("env", 'e', OPT_ENV, "Set a variable"),
    OPT("filter", 'f', OPT_FILTER, "Only some"),
    OPT("last", 'n', OPT_INT, "How many", .initial = "-1"),
    OPT("name", 0, OPT_STRING, "What it is called"),
    OPT_END,
};

/* Parses words split at blanks; the words must stay alive with the result. */
static struct vec parsed_words = VEC_INIT;

static int
parse(struct opts *o, bool stop, const char *line, struct err *err)
{
	vec_done(&parsed_words);
	vec_split(&parsed_words, line, " ");
	return opts_parse(o, some, stop, parsed_words.v, err);
}

static void
forms(void)
{
	cleanup_opts struct opts o = OPTS_INIT;
	struct err err = ERR_INIT;
	size_t i = 0;

	CHECK(parse(&o, false, "-an5 x --name=y -eA=1 y --env B -e=C=2 --name z -- -a",
		  &err) == 0);
	CHECK(opts_on(&o, "all"));
	CHECK_INT(opts_int(&o, "last"), 5);
	CHECK_STR(opts_str(&o, "name"), "z");
	CHECK_STR(opts_next(&o, "env", &i), "A=1");
	CHECK_STR(opts_next(&o, "env", &i), "B");
	CHECK_STR(opts_next(&o, "env", &i), "C=2");
	CHECK(opts_next(&o, "env", &i) == NULL);
	CHECK_INT(o.nargs, 3);
	CHECK_STR(o.args[2], "-a");
}

static void
options_end_at_the_image(void)
{
	cleanup_opts struct opts o = OPTS_INIT;
	struct err err = ERR_INIT;

	CHECK(parse(&o, true, "--name a busybox ls -a --nope", &err) == 0);
	CHECK_INT(o.nargs, 4);
	CHECK_STR(o.args[1], "ls");
	CHECK_STR(o.args[3], "--nope");
	CHECK(!opts_on(&o, "all"));
}

static void
defaults(void)
{
	cleanup_opts struct opts o = OPTS_INIT;
	struct err err = ERR_INIT;

	CHECK(parse(&o, false, "--all=false -", &err) == 0);
	CHECK_INT(opts_int(&o, "last"), -1);
	CHECK(opts_str(&o, "name") == NULL);
	CHECK(opts_given(&o, "all") && !opts_on(&o, "all"));
	CHECK_STR(o.args[0], "-");
}

static void
option_mistakes(void)
{
	static const struct {
		const char *line, *text;
	} rows[] = {
	    {"--nope=1", "unknown flag: --nope"},
	    {"-ax", "unknown shorthand flag: 'x' in -x"},
	    {"--name", "flag needs an argument: --name"},
	    {"-an", "flag needs an argument: 'n' in -n"},
	    {"--=x", "bad flag syntax: --=x"},
	    {"-f bad",
		"invalid argument \"bad\" for \"-f, --filter\" flag: bad format of "
		"filter (expected name=value)"},
	    {"-n x", "invalid argument \"x\" for \"-n, --last\" flag: strconv.ParseInt: "
		     "parsing \"x\": invalid syntax"},
	    {"--all=maybe", "invalid argument \"maybe\" for \"-a, --all\" flag: "
			    "strconv.ParseBool: parsing \"maybe\": invalid syntax"},
	    {"-e =x",
		"invalid argument \"=x\" for \"-e, --env\" flag: invalid environment "
		"variable: =x"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_opts struct opts o = OPTS_INIT;
		struct err err = ERR_INIT;

		CHECK(parse(&o, false, rows[i].line, &err) < 0);
		CHECK_STR(err.text, rows[i].text);
	}
}

/* ---- the tables ---- */

static void
paths_are_unique(void)
{
	cleanup_vec struct vec seen = VEC_INIT;

	for (const struct docker_command *c = commands; c->paths != NULL; c++) {
		cleanup_vec struct vec paths = VEC_INIT;

		vec_split(&paths, c->paths, "|");
		for (size_t i = 0; i < paths.len; i++) {
			CHECK(!vec_has(&seen, paths.v[i]));
			vec_add(&seen, paths.v[i]);
		}
	}
}

static void
options_are_unique(void)
{
	for (const struct docker_command *c = commands; c->paths != NULL; c++) {
		for (const struct opt_row *a = c->options; a->name != NULL; a++) {
			CHECK(a->help != NULL && a->help[0] != '\0');
			for (const struct opt_row *b = a + 1; b->name != NULL; b++) {
				CHECK(strcmp(a->name, b->name) != 0);
				CHECK(a->letter == 0 || a->letter != b->letter);
			}
		}
	}
}

/* ---- from words to the row ---- */

static void
finds_commands(void)
{
	CHECK_INT(run("ps -a"), 7);
	CHECK_STR(output, "called ps with 0\n");
	CHECK_INT(run("container ls"), 7);
	CHECK_STR(output, "called container ls with 0\n");
	CHECK_INT(run("-D --context=x -H unix:///x run --rm busybox ls -l"), 7);
	CHECK_STR(output, "called run with 3\n");
}

static void
counts_arguments(void)
{
	CHECK_INT(run("run"), 1);
	CHECK_STR(output,
	    "docker: 'docker run' requires at least 1 argument\n\nUsage:  docker "
	    "run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'docker run --help' "
	    "for more information\n");
	CHECK_INT(run("container stop"), 1);
	CHECK_STR(output, "docker: 'docker container stop' requires at least 1 "
			  "argument\n\nUsage:  docker "
			  "container stop [OPTIONS] CONTAINER [CONTAINER...]\n\nSee "
			  "'docker container stop "
			  "--help' for more information\n");
	CHECK_INT(run("ps x"), 1);
	CHECK_STR(output, "docker: 'docker ps' accepts no arguments\n\nUsage:  docker ps "
			  "[OPTIONS]\n\nRun 'docker ps --help' for more information\n");
	CHECK_INT(run("images a b"), 1);
	CHECK(strstr(output, "requires at most 1 argument\n") != NULL);
	CHECK_INT(run("tag x"), 1);
	CHECK(strstr(output, "'docker tag' requires 2 arguments\n") != NULL);
	CHECK_INT(run("build"), 1);
	CHECK_STR(output,
	    "ERROR: \"docker buildx build\" requires exactly 1 argument.\nSee "
	    "'docker buildx build --help'.\n\nUsage:  docker buildx build "
	    "[OPTIONS] PATH | URL | -\n\nStart a build\n");
}

static void
unknown_words(void)
{
	CHECK_INT(run("nosuch"), 1);
	CHECK_STR(output,
	    "docker: unknown command: docker nosuch\n\nRun 'docker --help' for "
	    "more information\n");
	CHECK_INT(run("run --nope busybox"), 125);
	CHECK_STR(output,
	    "unknown flag: --nope\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] "
	    "[ARG...]\n\nRun 'docker run --help' for more information\n");
	CHECK_INT(run("compose up"), 1);
	CHECK(strstr(output, "goes without compose") != NULL);
	CHECK_INT(run("network create --config-only x"), 125);
	CHECK(strstr(output, "cannot do that yet") != NULL);
}

static void
help_of_a_command(void)
{
	CHECK_INT(run("stop --help"), 0);
	CHECK_STR(output,
	    "Usage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]\n\n"
	    "Stop one or more running containers\n\n"
	    "Aliases:\n  docker container stop, docker stop\n\n"
	    "Options:\n"
	    "  -s, --signal string   Signal to send to the container\n"
	    "  -t, --timeout int     Seconds to wait before killing the container\n");
	CHECK_INT(run("ps --help"), 0);
	CHECK(strstr(output,
		  "\n      --format string   Format output using a custom template:\n"
		  "                        'table':            Print output in table "
		  "format\n"
		  "                        with column headers (default)\n"
		  "                        'table TEMPLATE':   Print output in table "
		  "format\n"
		  "                        using the given Go template\n"
		  "                        'json':             Print in JSON format\n"
		  "                        'TEMPLATE':         Print output using the "
		  "given\n"
		  "                        Go template.\n"
		  "                        Refer to "
		  "https://docs.docker.com/go/formatting/\n"
		  "                        for more information about formatting output "
		  "with\n"
		  "                        templates\n"
		  "  -n, --last int        Show n last created containers (includes all\n"
		  "                        states) (default -1)\n") != NULL);
	CHECK_INT(run("help tag"), 0);
	CHECK_STR(output, "Usage:  docker tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]\n\n"
			  "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE\n\n"
			  "Aliases:\n  docker image tag, docker tag\n");
}

static void
help_wraps(void)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	static const struct opt_row rows[] = {
	    OPT("short", 's', OPT_BOOL, "A word"),
	    OPT("tail", 0, OPT_STRING,
		"A longer text that has to be broken where the terminal ends, twice",
		.initial = "all"),
	    OPT_END,
	};

	docker_help_options(&b, rows, 60, false);
	CHECK_STR(b.s, "  -s, --short         A word\n"
		       "      --tail string   A longer text that has to be\n"
		       "                      broken where the terminal ends,\n"
		       "                      twice (default \"all\")\n");
}

static void
help_of_docker(void)
{
	CHECK_INT(run("--help"), 0);
	CHECK(str_starts(output,
	    "Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient "
	    "runtime for containers\n\nCommon Commands:\n  run         "
	    "Create and run a new container from an image\n"));
	CHECK_INT(run("container --help"), 0);
	CHECK(strstr(output, "\n  ls          List containers\n") != NULL);
	CHECK(strstr(output, "\n  run         Create") != NULL);
}

/* ---- ports ---- */

static void
publish(void)
{
	struct container_config c = {.exposed = VEC_INIT};
	struct err err = ERR_INIT;

	CHECK(docker_parse_publish("8080:80", &c, &err) == 0);
	CHECK(docker_parse_publish("127.0.0.1:9000-9001:90-91/udp", &c, &err) == 0);
	CHECK(docker_parse_publish("443", &c, &err) == 0);
	CHECK(docker_parse_publish("[::1]::22", &c, &err) == 0);
	CHECK_INT(c.nports, 5);
	CHECK_INT(c.ports[0].host_port, 8080);
	CHECK_STR(c.ports[0].host_ip, "");
	CHECK_INT(c.ports[2].host_port, 9001);
	CHECK_INT(c.ports[2].container_port, 91);
	CHECK_STR(c.ports[2].proto, "udp");
	CHECK_STR(c.ports[2].host_ip, "127.0.0.1");
	CHECK_INT(c.ports[3].host_port, 0);
	CHECK_STR(c.ports[4].host_ip, "::1");
	CHECK(vec_has(&c.exposed, "91/udp") && vec_has(&c.exposed, "443/tcp"));
	free(c.ports);
	vec_done(&c.exposed);
}

static void
publish_mistakes(void)
{
	static const struct {
		const char *text, *complaint;
	} rows[] = {
	    {"x:80", "invalid hostPort: x"},
	    {"99999:80", "invalid hostPort: 99999"},
	    {"80:x", "invalid containerPort: x"},
	    {"9-3", "invalid containerPort: 9-3"},
	    {"80/abc", "invalid proto: abc"},
	    {"1.2.3:80:80", "invalid IP address: 1.2.3"},
	    {"80-81:80-82",
		"invalid ranges specified for container and host Ports: 80-82 and 80-81"},
	    {"", "no port specified: <empty>"},
	};
	struct container_config c = {.exposed = VEC_INIT};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;

		CHECK(docker_parse_publish(rows[i].text, &c, &err) < 0);
		CHECK_STR(err.text, rows[i].complaint);
	}
	CHECK_INT(c.nports, 0);
}

/* ---- the client ---- */

static char root_path[64];

/* A root with home/user/file and a link to the machine's /etc/passwd. */
static int
make_root(void)
{
	int fd;

	snprintf(root_path, sizeof root_path, "/tmp/drydock-client-XXXXXX");
	CHECK(mkdtemp(root_path) != NULL);
	fd = open(root_path, O_PATH | O_DIRECTORY);
	CHECK(fd >= 0);
	CHECK(fd_mkdirs(fd, "home/user", 0755, NULL) == 0);
	CHECK(fd_write_file(fd, "home/user/file", "mine", 4, 0644, NULL) == 0);
	CHECK(symlinkat("/etc/passwd", fd, "home/user/out") == 0);
	return fd;
}

static void
client_files(void)
{
	struct client c = CLIENT_INIT;
	cleanup_buf struct buf b = BUF_INIT(100);
	cleanup_fd int root = make_root(), fd = -1;
	int cwd = openat(root, "home/user", O_PATH | O_DIRECTORY);
	cleanup_free char *absolute = NULL;
	char text[64];

	snprintf(text, sizeof text, "%d:%d:/home/user", dup(root), cwd);
	setenv("DRYDOCK_CLIENT", text, 1);
	CHECK(client_init(&c, NULL) == 0);
	CHECK(getenv("DRYDOCK_CLIENT") == NULL);
	fd = client_open(&c, "file", O_RDONLY, 0);
	CHECK(fd >= 0 && fd_slurp(fd, "file", &b, NULL) == 0);
	CHECK_STR(b.s, "mine");
	CHECK(client_open(&c, "out", O_RDONLY, 0) < 0);
	CHECK(client_open(&c, "/etc/passwd", O_RDONLY, 0) < 0);
	CHECK(client_open(&c, "../../../../../etc/passwd", O_RDONLY, 0) < 0);
	absolute = client_path(&c, "../x");
	CHECK_STR(absolute, "/home/x");
	client_done(&c);
	fd_remove_tree(AT_FDCWD, root_path);
}

static void
client_malformed(void)
{
	static const char *const texts[] = {
	    "", "3", "a:b:/", "900:901:/", "0:0:relative"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct client c = CLIENT_INIT;
		struct err err = ERR_INIT;

		setenv("DRYDOCK_CLIENT", texts[i], 1);
		CHECK(client_init(&c, &err) < 0);
		client_done(&c);
	}
	unsetenv("DRYDOCK_CLIENT");
}

static void
client_environment(void)
{
	static const char env[] = "A=1\0LONG=x=y\0";
	struct client c = CLIENT_INIT;
	int pipes[2], told[2];
	char text[16];

	CHECK(pipe(pipes) == 0);
	CHECK(write(pipes[1], env, sizeof env - 1) == (ssize_t)sizeof env - 1);
	close(pipes[1]);
	snprintf(text, sizeof text, "%d", pipes[0]);
	setenv("DRYDOCK_CLIENT_ENV", text, 1);
	CHECK(pipe(told) == 0);
	snprintf(text, sizeof text, "%d", told[1]);
	setenv("DRYDOCK_CLIENT_INPUT", text, 1);
	setenv("OURS", "host", 1);
	CHECK(client_init(&c, NULL) == 0);
	CHECK_STR(client_getenv(&c, "LONG"), "x=y");
	CHECK(client_getenv(&c, "LON") == NULL);
	CHECK(client_getenv(&c, "OURS") == NULL);
	client_reads(&c, false);
	client_reads(&c, true);
	client_done(&c);
	CHECK_INT(read(told[0], text, sizeof text), 2);
	CHECK(memcmp(text, "1*", 2) == 0 && getenv("DRYDOCK_CLIENT_INPUT") == NULL);
	close(told[0]);
}

/* ---- archives ---- */

static void
add_entry(
    struct archive *a, const char *name, mode_t type, const char *link, const char *data)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0755);
	if (link != NULL)
		archive_entry_set_symlink(e, link);
	archive_entry_set_size(e, data != NULL ? (int64_t)strlen(data) : 0);
	CHECK(archive_write_header(a, e) == ARCHIVE_OK);
	if (data != NULL)
		CHECK(archive_write_data(a, data, strlen(data)) ==
		      (la_ssize_t)strlen(data));
	archive_entry_free(e);
}

/* A tar that tries to write beside its folder. */
static int
hostile_tar(const char *path)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	CHECK(archive_write_open_filename(a, path) == ARCHIVE_OK);
	add_entry(a, "up", AE_IFLNK, "../..", NULL);
	add_entry(a, "up/escaped", AE_IFREG, NULL, "x");
	add_entry(a, "../../climbed", AE_IFREG, NULL, "x");
	add_entry(a, "abs", AE_IFLNK, "/tmp", NULL);
	add_entry(a, "sub/ok", AE_IFREG, NULL, "fine");
	archive_write_free(a);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void
archives_stay_inside(void)
{
	char home[] = "/tmp/drydock-untar-XXXXXX", tar[64], inside[64];
	cleanup_store struct store *store = NULL;
	struct untar_folder folder = UNTAR_FOLDER_INIT;
	cleanup_buf struct buf b = BUF_INIT(100);
	cleanup_fd int fd = -1, file = -1;
	struct err err = ERR_INIT;
	struct stat st;

	CHECK(mkdtemp(home) != NULL);
	CHECK(store_open(home, &store, &err) == 0);
	snprintf(tar, sizeof tar, "%s/x.tar", home);
	fd = hostile_tar(tar);
	CHECK(fd >= 0);
	CHECK_INT(untar_folder(store, fd, NULL, 0, &folder, &err), 0);
	file = fd_open_in(folder.fd, "sub/ok", O_RDONLY, 0);
	CHECK(file >= 0 && fd_slurp(file, "ok", &b, NULL) == 0);
	CHECK_STR(b.s, "fine");
	/* ".." of a link stops at the folder: all of it is in there */
	CHECK(fstatat(folder.fd, "escaped", &st, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(fstatat(folder.fd, "climbed", &st, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(fstatat(store_home_dir(store), "store/escaped", &st, 0) < 0);
	CHECK(fstatat(store_home_dir(store), "climbed", &st, 0) < 0);
	snprintf(inside, sizeof inside, "%s", folder.name);
	untar_folder_done(&folder);
	CHECK(fstatat(store_home_dir(store), inside, &st, 0) < 0);
	fd_remove_tree(AT_FDCWD, home);
}

static void
archives_are_recognised(void)
{
	char tar[512] = "";

	memcpy(tar + 257, "ustar", 5);
	CHECK(untar_looks_like(tar, sizeof tar));
	CHECK(untar_looks_like("\x1f\x8b\x08", 3));
	CHECK(!untar_looks_like("FROM busybox\n", 13));
	CHECK(!untar_looks_like("", 0));
}

static void
mount_flags(void)
{
	cleanup_mount_flag struct mount_flag f = {0}, plain = {0};

	CHECK_INT(mount_flag_parse(&f, "type=bind,src=/a,dst=/b,readonly", NULL), 0);
	CHECK_STR(f.source, "/a");
	CHECK_STR(f.target, "/b");
	CHECK(f.readonly);
	CHECK_INT(mount_flag_parse(&plain, "target=/b,ro=false", NULL), 0);
	CHECK_STR(plain.type, "volume");
	CHECK(!plain.readonly);
}

static void
mount_flag_mistakes(void)
{
	static const char *const rows[][2] = {{"type=bind", "target is required"},
	    {"type=floppy,target=/a", "mount type unknown: \"floppy\""},
	    {"target", "invalid field 'target' must be a key=value pair"},
	    {"colour=red,target=/a", "unexpected key 'colour' in 'colour=red'"},
	    {"target=/a,ro=maybe", "invalid value for ro: maybe"},
	    {"type=bind,target=/a,tmpfs-size=1m",
		"cannot mix 'tmpfs-*' options with mount type 'bind'"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_mount_flag struct mount_flag f = {0};
		struct err err = ERR_INIT;

		CHECK_INT(mount_flag_parse(&f, rows[i][0], &err), -1);
		CHECK_STR(err.text, rows[i][1]);
	}
}

static void
volume_texts(void)
{
	CHECK_INT(docker_check_volume("/a:/b:ro", NULL), 0);
	CHECK_INT(docker_check_volume("", NULL), -1);
	CHECK_INT(docker_check_volume("/a::ro", NULL), -1);
	CHECK_INT(docker_check_volume("/a:", NULL), -1);
}

TEST_MAIN({"--mount is read in its forms", mount_flags},
    {"a wrong --mount gets Docker's complaint", mount_flag_mistakes},
    {"a -v with an empty part is refused", volume_texts},
    {"all forms of an option are understood", forms},
    {"with run the image ends the options", options_end_at_the_image},
    {"what is not given has its initial value", defaults},
    {"mistakes are worded as Docker words them", option_mistakes},
    {"no two commands have the same path", paths_are_unique},
    {"no two options of a command have the same name or letter", options_are_unique},
    {"the longest path wins and global options are skipped", finds_commands},
    {"a wrong number of arguments is said with the usage", counts_arguments},
    {"unknown words and options get Docker's text and code", unknown_words},
    {"--help is made from the table", help_of_a_command},
    {"long help texts are wrapped as pflag wraps them", help_wraps},
    {"docker --help lists the commands", help_of_docker},
    {"-p is read in all its forms", publish},
    {"a wrong -p gets Docker's complaint", publish_mistakes},
    {"paths of a client stay below its root", client_files},
    {"a malformed client is refused", client_malformed},
    {"a client's environment and terminal are its own", client_environment},
    {"an archive's entries stay in its folder", archives_stay_inside},
    {"a tar on standard input is told from a Dockerfile", archives_are_recognised})
