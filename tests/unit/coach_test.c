/*
 * coach_test.c - every row of the coach's table fires for its mistake, and not beside it
 */
#include "src/coach/coach.h"
#include "tests/unit/test.h"
#include <string.h>

struct sample {
	const char *id;
	const char *line, *output;
	int status;
	const char *scene; /* JSON, or NULL */
	const char *near;  /* a line or output that is fine: the row must not fire */
	const char *near_output;
	const char *says; /* part of the first two hints */
};

#define WEB(status, port, log) \
	"{\"containers\":[{\"name\":\"web\",\"status\":\"" status \
	"\",\"exit_code\":1,\"ports\":[{\"port\":\"" port \
	"/tcp\",\"host\":5000}]}],\"logs\":{\"web\":\"" log \
	"\"},\"images\":[{\"id\":\"a\",\"names\":[" \
	"\"flaskapp:latest\",\"python:3.9-slim\"]}],\"files\":[\"app.py\"]}"
#define FILES(names) "{\"files\":[" names "]}"
#define FLASK \
	"{\"wheels\":[\"flask-3.1.1-py3-none-any.whl\",\"click-8.1.3-py3-none-any." \
	"whl\"]}"
#define NOFILE \
	"ERROR: failed to solve: failed to read dockerfile: open Dockerfile: no such " \
	"file"
#define STAGES(last) \
	"{\"containers\":[{\"name\":\"web\",\"status\":\"exited\",\"exit_code\":1}]," \
	"\"logs\":{" \
	"\"web\":\"No module named 'flask'\"},\"text_dockerfile\":true,\"dockerfile\":{" \
	"\"instructions\":[{\"text\":\"FROM p AS build\"},{\"text\":\"RUN pip install " \
	"-r " \
	"r.txt\"},{\"text\":\"FROM p\"},{\"text\":\"" last "\"}]}}"
#define SUM "failed to compute cache key: failed to calculate checksum of ref a::b: "

#define LINES(a) "{\"dockerfile\":{\"instructions\":[" a "]}}"
#define LINE(a) "{\"text\":\"" a "\"}"
#define OLD(id) \
	"{\"containers\":[{\"name\":\"web\",\"status\":\"running\",\"image\":\"app\"," \
	"\"image_id\":\"" id \
	"\"}],\"images\":[{\"id\":\"b\",\"names\":[\"app:latest\"]}]}"
#define NEEDS(text) "{\"requirements\":\"" text "\"}"
#define SILENT \
	"{\"containers\":[{\"name\":\"web\",\"status\":\"running\",\"ports\":[{" \
	"\"port\":\"5000/tcp\",\"host\":5000}]}],\"dockerfile\":{\"instructions\":[" \
	"{\"text\":\"CMD python app.py\"}]}}"

static const struct sample samples[] = {
    {"run-cd", "docker build .", "Could not open: No such file or directory", 1,
	LINES(LINE("RUN cd /src")), "docker build .", "x", "`RUN cd /src`"},
    {"run-source", "docker build .", "/bin/sh: 1: source: not found", 1, NULL,
	"docker build .", "/bin/sh: 1: sourcery: not found", "bash"},
    {"run-server", "docker build .", " * Running on http://127.0.0.1:5000", 130, NULL,
	"docker run app", " * Running on http://127.0.0.1:5000", "`CMD` happens"},
    {"freeze", "docker build .", "No matching distribution found for pywin32==306", 1,
	NEEDS("pywin32==306\\nflask"), "docker build .", "No space left: pywin32",
	"`pywin32`"},
    {"freeze", "docker build .",
	"OSError: [Errno 2] No such file or directory: '/croot/x'", 1,
	NEEDS("x @ file:///croot/x"), "docker build .", "no", "virtual environment"},
    {"compiler", "docker build .", "error: command 'gcc' failed: No such file", 1, NULL,
	"docker build .", "gcc is fine", "no compiler"},
    {"end-of-life", "docker build .",
	"E: The repository 'x buster Release' does not have a Release file.", 100, NULL,
	"docker build .", "Release", "archive"},
    {"apt-stale", "docker build .", "E: Failed to fetch http://x/y.deb  404  Not Found",
	100, NULL, "docker build .", "E: Failed to fetch http://x/y.deb  timeout",
	"from the cache"},
    {"interpreter", "docker run app", "exec /app/start.sh: no such file or directory", 1,
	NULL, "docker run app", "exec /app/start.sh: permission denied",
	"`/app/start.sh` is there"},
    {"old-image", "docker restart web", "web\n", 0, OLD("a"), "docker stop web", "",
	"`web` was made"},
    {"old-image", "", "", 0, OLD("a"), "ls", "", "before the last build"},
    {"user-permission", "docker logs web",
	"PermissionError: [Errno 13] Permission denied: 'x'", 0,
	LINES(LINE("USER app") "," LINE("CMD x")), "cat web",
	"PermissionError: [Errno 13] Permission denied: 'x'", "`app`"},
    {"killed", "", "", 0,
	"{\"containers\":[{\"name\":\"web\",\"status\":\"exited\",\"exit_code\":137}]}",
	"docker stop web", "", "listen to TERM"},
    {"logs-empty", "docker logs web", "", 0, SILENT, "docker ps", "", "keeps back"},
    {"socket", "docker ps",
	"permission denied while trying to connect to the Docker daemon socket at", 1,
	NULL, "docker ps", "permission denied", "group `docker`"},
    {"rate-limit", "docker pull x", "toomanyrequests: You have reached", 1, NULL,
	"docker pull x", "requests", "no mistake of yours"},
    {"password-line", "docker login -u a -p b",
	"WARNING! Using --password via the CLI is insecure. Use --password-stdin.", 0,
	NULL, "docker login -u a", "Login Succeeded", "command line"},
    {"prompt", "$ docker ps", "bash: $: command not found", 127, NULL, "docker ps", "",
	"prompt sign"},
    {"placeholder", "docker stop <container_id>", "bash: syntax error", 2, NULL,
	"docker stop < file", "", "<container_id>"},
    {"typographic", "docker run \u2013name web app", "x", 125, NULL,
	"docker run --name web app", "", "word processor"},
    {"sudo", "sudo docker ps", "bash: sudo: command not found", 127, NULL, "docker ps",
	"", "not needed"},
    {"command-none", "vim x.py", "bash: vim: command not found", 127, NULL, "xyz x.py",
	"bash: xyz: command not found", "`nano`"},
    {"command-none", "git init", "bash: git: command not found", 127, NULL, "git init",
	"", "ordinary folder"},
    {"command-typo", "dokcer ps", "bash: dokcer: command not found", 127, NULL, "zzzz",
	"bash: zzzz: command not found", "docker"},
    {"docker-typo", "docker biuld .", "docker: unknown command: docker biuld\n", 1, NULL,
	"docker build .", "", "docker build"},
    {"docker-unknown", "docker frobnicate",
	"docker: unknown command: docker frobnicate\n", 1, NULL, "docker ps", "",
	"--help"},
    {"folder", "cd apps", "bash: cd: apps: No such file or directory", 1,
	FILES("\"app\""), "cat apps", "cat: apps: No such file or directory", "`apps`"},
    {"single-dash", "docker run -name web app", "unknown shorthand flag: 'n' in -name",
	125, NULL, "docker run -x app", "unknown shorthand flag: 'x' in -x", "--name"},
    {"flag", "docker ps --al", "unknown flag: --al\n", 125, NULL, "docker ps --all", "",
	"--al"},
    {"dot-glued", "docker build -t app.", "ERROR: requires 1 argument", 1, NULL,
	"docker build -t app .", "", "word of its own"},
    {"missing-dot", "docker build -t app",
	"ERROR: \"docker buildx build\" requires exactly 1 argument.", 1, NULL,
	"docker pull", "docker: 'docker pull' requires 1 argument", "dot"},
    {"missing-dot", "docker build", "docker: 'docker buildx build' requires 1 argument",
	1, NULL, "docker build .", "", "dot"},
    {"dockerfile-name", "docker build .", NOFILE, 1, FILES("\"Dockerfile.txt\""),
	"docker build .", "ok", "Dockerfile.txt"},
    {"dockerfile-name", "docker build .", NOFILE, 1, FILES("\"dockerfile\""),
	"docker build .", "ok", "capital D"},
    {"dockerfile-below", "docker build .", NOFILE, 1,
	"{\"files\":[\"app\"],\"below\":[\"app\"]}", "docker build .", "ok", "`app`"},
    {"dockerfile-above", "docker build .", NOFILE, 1,
	"{\"files\":[],\"below\":[],\"above\":\"Dockerfile\"}", "docker build .", "ok",
	"above"},
    {"dockerfile-none", "docker build .", NOFILE, 1, FILES("\"app.py\""),
	"docker build .", "ok", "`Dockerfile`"},
    {"instruction", "docker build .",
	"ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: "
	"COPYY (did "
	"you mean COPY?)",
	1, NULL, "docker build .", "ok", "Line 3"},
    {"no-from", "docker build .",
	"dockerfile parse error: no build stage in current context", 1, NULL,
	"docker build .", "ok", "FROM"},
    {"empty-dockerfile", "docker build .", "the Dockerfile cannot be empty", 1, NULL,
	"docker build .", "ok", "saved"},
    {"instruction-words", "docker build .",
	"dockerfile parse error on line 2: WORKDIR requires exactly one argument", 1,
	NULL, "docker build .", "ok", "Line 2"},
    {"copy-near", "docker build .", SUM "\"/requirements.txt\": not found", 1,
	FILES("\"requirement.txt\""), "docker build .", "ok", "requirement.txt"},
    {"copy-ignored", "docker build .", SUM "\"/requirements.txt\": not found", 1,
	FILES("\"requirements.txt\",\".dockerignore\""), "docker build .", "ok",
	".dockerignore"},
    {"copy-missing", "docker build .", SUM "\"/requirements.txt\": not found", 1,
	FILES("\"app.py\""), "docker build .", "ok", "no such file"},
    {"upper-case", "docker build -t MyApp .", "invalid tag \"MyApp\": must be lowercase",
	1, NULL, "docker build -t myapp .", "ok", "small letters"},
    {"reference", "docker build -t \"my app\" .", "invalid reference format", 1, NULL,
	"docker build -t app .", "ok", "no blanks"},
    {"context", "docker build x", "unable to prepare context: path \"x\" not found", 1,
	NULL, "docker build .", "ok", "last word"},
    {"pip-no-r", "docker build .",
	"ERROR: No matching distribution found for requirements.txt\n", 1, FLASK,
	"docker build .", "No matching distribution found for zzzzzzzzz", "-r"},
    {"pip-version", "docker build .",
	"ERROR: No matching distribution found for Flask==1.0\n", 1, FLASK,
	"docker build .", "No matching distribution found for zzzzzzzzz", "flask 3.1.1"},
    {"pip-near", "docker build .", "ERROR: No matching distribution found for flaks\n", 1,
	FLASK, "docker build .", "No matching distribution found for x",
	"near it is: flask 3.1.1."},
    {"pip-near", "docker run --rm python pip install x",
	"ERROR: No matching distribution found for flask-login\n", 1, FLASK,
	"docker build .", "No matching distribution found for xy", "flask 3.1.1"},
    {"pip-missing", "docker build .",
	"ERROR: No matching distribution found for tensorflow\n", 1, FLASK,
	"docker build .", "ok", ": click, flask."},
    {"pip-file", "docker build .",
	"ERROR: Could not open requirements file: [Errno 2] No such file", 1, NULL,
	"docker build .", "ok", "COPY"},
    {"apt-missing", "docker build .", "E: Unable to locate package cowsay\n", 1,
	"{\"debs\":[\"gcc\",\"gcc-10\",\"git\",\"libc6\"]}", "docker build .", "ok",
	": gcc, git."},
    {"apt-update", "docker build .", "E: Unable to locate package gcc\n", 1,
	"{\"debs\":[\"gcc\",\"git\"]}", "docker build .",
	"Get:1 http://127.0.0.1 bookworm\nE: Unable to locate package gcc\n",
	"apt-get update"},
    {"apt-near", "docker build .", "E: Unable to locate package ngnix\n", 1,
	"{\"debs\":[\"nginx-common\",\"nginx\",\"gcc\"]}", "docker build .",
	"E: Unable to locate package cowsay\n", ": nginx."},
    {"apt-version", "docker build .", "E: Version '9' for 'gcc' was not found\n", 1, NULL,
	"docker build .", "E: Unable to locate package gcc\n", "version 9"},
    {"no-network", "docker build .", "Temporary failure resolving 'deb'", 1, NULL,
	"docker build .", "ok", "offline"},
    {"port-own", "docker run -p 5000:5000 app",
	"Bind for 0.0.0.0:5000 failed: port is already allocated", 125,
	WEB("running", "5000", ""), "docker run app", "ok", "`web`"},
    {"port-low", "docker run -d -p 80:80 app",
	"Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: permission denied",
	125, NULL, "docker run app", "open /x: permission denied", "below 1024"},
    {"port-other", "docker run -p 5000:5000 app",
	"Bind for 0.0.0.0:5000 failed: port is already allocated", 125, NULL,
	"docker run app", "ok", "not by a container"},
    {"port-other", "docker run -p 5000:5000 app",
	"listen tcp4 0.0.0.0:5000: bind: address already in use", 125, NULL,
	"docker run app", "ok", "Port 5000"},
    {"name-taken", "docker run --name web app",
	"Conflict. The container name \"/web\" is already in use by container", 125,
	WEB("exited", "5000", ""), "docker run app", "ok", "has ended"},
    {"image-near", "docker run flaskap",
	"Unable to find image 'flaskap:latest' locally\n", 125,
	WEB("running", "5000", ""), "docker run zzzzzz",
	"Unable to find image 'zzzzzz:latest' l", "flaskapp"},
    {"image-none", "docker run zzzzzz", "Unable to find image 'zzzzzz:latest' locally\n",
	125, WEB("running", "5000", ""), "docker run app", "ok", "built first"},
    {"no-image-near", "docker history flaskap", "No such image: flaskap:latest\n", 1,
	WEB("running", "5000", ""), "docker history zzzz", "No such image: zzzz:latest",
	"flaskapp"},
    {"no-image", "docker history zzzzzz", "No such image: zzzzzz:latest\n", 1, NULL,
	"docker history a", "ok", "zzzzzz"},
    {"base-near", "docker build .",
	"ERROR: failed to solve: python:3.99: docker.io/library/python:3.99: not found",
	1, WEB("running", "5000", ""), "docker build .",
	"ERROR: failed to solve: process", "python:3.9-slim"},
    {"no-container", "docker stop wbe", "Error: No such container: wbe\n", 1,
	WEB("running", "5000", ""), "docker stop web", "ok", "web"},
    {"image-in-use", "docker rmi app", "conflict: unable to remove repository reference",
	1, NULL, "docker rmi app", "ok", "after its containers"},
    {"container-running", "docker rm web", "cannot remove container \"/web\": is running",
	1, NULL, "docker rm web", "ok", "still running"},
    {"options-late", "docker run app -p 5000:5000 -d", "", 0, NULL,
	"docker run -d -p 5000:5000 app sh -c x", "", "behind the image"},
    {"executable", "docker run app foo",
	"exec: \"foo\": executable file not found in $PATH", 127, NULL, "docker run app",
	"ok", "no such program"},
    {"run-no-image", "docker run -d", "docker: 'docker run' requires at least 1 argument",
	1, NULL, "docker rm", "docker: 'docker rm' requires at least 1 argument",
	"image is missing"},
    {"exec-format", "docker run app", "exec /a.sh: exec format error", 1, NULL,
	"docker run app", "ok", "#!/bin/sh"},
    {"carriage-return", "docker run app", "env: 'bash\\r': No such file", 127, NULL,
	"docker run app", "ok", "Windows"},
    {"publish", "docker run -p x app", "docker: invalid containerPort: x", 125, NULL,
	"docker run app", "ok", "two numbers"},
    {"foreground", "docker run -p 5000:5000 app", "^C", 130, NULL,
	"docker run -d -p 5000:5000 app", "", "-d"},
    {"bound-local", "curl localhost:5000", "curl: (52) Empty reply", 52,
	WEB("running", "5000", " * Running on http://127.0.0.1:5000"),
	"curl localhost:6000", "", "0.0.0.0"},
    {"bound-local", "", "", 0,
	WEB("running", "5000", " * Running on http://127.0.0.1:5000"), "ls", "",
	"`web` runs"},
    {"port-mismatch", "curl localhost:5000", "curl: (52) Empty reply", 52,
	WEB("running", "80",
	    " * Running on all addresses (0.0.0.0) http://172.17.0.2:8000"),
	"ls", "", "port 8000"},
    {"starting", "curl localhost:5000", "", 52, WEB("running", "5000", ""),
	"curl localhost:8080", "", "a moment"},
    {"stage-left", "docker run -d app", "", 0, STAGES("COPY --from=build /app /app"),
	"docker ps -a", "", "stage `build`"},
    {"stage-left", "docker logs web", "No module named 'flask'\n", 0,
	STAGES("COPY --from=build /app /app"), "docker logs web", "fine", "`flask`"},
    {"ended-module", "docker run -d app", "", 0,
	STAGES("COPY --from=build /usr/local /usr/local"), "docker ps -a", "", "`flask`"},
    {"module", "docker logs web", "No module named 'flask'\n", 0,
	WEB("exited", "5000", ""), "cat notes", "No module named 'flask'", "`flask`"},
    {"instruction", "docker build . | tee log",
	"ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: "
	"COPYY",
	0, NULL, "docker build . | tee log", "unknown instruction", "Line 3"},
    {"ended-module", "docker ps", "", 0,
	WEB("exited", "5000", "ModuleNotFoundError: No module named 'flask'"),
	"docker ps -a", "", "`flask`"},
    {"ended", "docker run -d app", "", 0, WEB("exited", "5000", "boom"), "docker run app",
	"", "docker logs web"},
    {"not-published", "curl localhost:8080", "curl: (7) Failed", 7,
	WEB("running", "5000", ""), "curl localhost:5000", "", "EXPOSE"},
    {"nothing-runs", "curl localhost:5000", "curl: (7) Failed", 7,
	WEB("exited", "5000", ""), "curl other", "", "Nothing answers"},
    {"module", "docker run app", "No module named 'flask'\n", 1, NULL, "docker run app",
	"ok", "`flask`"},
    {"cannot-open", "docker run app", "python: can't open file '/app/app.py': [Errno 2]",
	2, NULL, "docker run app", "ok", "/app/app.py"},
    {"daemon", "docker ps", "Cannot connect to the Docker daemon at unix://", 1, NULL,
	"docker ps", "ok", "quit"},
    {"login", "docker login", "unauthorized: incorrect username or password", 1, NULL,
	"docker login", "ok", "another password"},
    {"push-denied", "docker push a/b",
	"denied: requested access to the resource is denied", 1, NULL, "docker push a/b",
	"ok", "begins with"},
    {"denied", "docker pull x", "pull access denied for x", 1, NULL, "docker pull x",
	"ok", "name right"},
    {"base-none", "docker build .",
	"ERROR: failed to solve: alpine:3.5: failed to resolve source metadata for x\n",
	1, NULL, "docker build .", "ERROR: failed to solve: process x did not complete\n",
	"docker tag busybox alpine:3.5"},
    {"no-host", "docker pull quay.io/a/b",
	"Error: Get \"https://quay.io/v2/\": dial tcp: lookup quay.io: no such host\n", 1,
	NULL, "docker pull b", "ok", "docker load"},
};

static const json_t *
scene_of(void *arg)
{
	return arg;
}

static void
advise(const char *line, const char *output, int status, json_t *scene,
    struct coach_advice *ret)
{
	struct coach_input in = {.line = line,
	    .output = output,
	    .status = status,
	    .scene = scene != NULL ? scene_of : NULL,
	    .arg = scene};

	coach_advise(&in, ret);
}

static json_t *
scene(const struct sample *s)
{
	json_t *j = s->scene != NULL ? json_loads(s->scene, 0, NULL) : NULL;

	if (s->scene != NULL && j == NULL)
		printf("# the scene of %s is no JSON\n", s->id);
	CHECK(s->scene == NULL || j != NULL);
	return j;
}

static void
fires(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		cleanup_coach_advice struct coach_advice a = {0};
		cleanup_json json_t *j = scene(s);
		cleanup_free char *both = NULL;

		advise(s->line, s->output, s->status, j, &a);
		if (a.id == NULL || !str_eq(a.id, s->id))
			printf("# for: %s\n", s->line);
		CHECK_STR(a.id, s->id);
		both = xasprintf("%s %s", a.hint[COACH_FACT], a.hint[COACH_IDEA]);
		if (strstr(both, s->says) == NULL)
			CHECK_STR(both, s->says);
	}
}

static void
rests(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		cleanup_coach_advice struct coach_advice a = {0};
		cleanup_json json_t *j = scene(s);

		advise(s->near, s->near_output, s->near_output[0] == '\0' ? 0 : s->status,
		    j, &a);
		if (a.id != NULL && str_eq(a.id, s->id))
			printf("# %s for: %s\n", s->id, s->near);
		CHECK(a.id == NULL || !str_eq(a.id, s->id));
	}
}

static void
all_rows_have_samples(void)
{
	for (size_t n = 0; coach_id(n) != NULL; n++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_LEN(samples); i++)
			found |= str_eq(samples[i].id, coach_id(n));
		if (!found)
			CHECK_STR(NULL, coach_id(n));
		CHECK(found);
	}
}

/* All four levels say something, and no word of theirs stays open. */
static void
levels(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		cleanup_coach_advice struct coach_advice a = {0};
		cleanup_json json_t *j = scene(s);

		advise(s->line, s->output, s->status, j, &a);
		for (size_t k = 0; k < COACH_LEVELS; k++) {
			CHECK(a.hint[k] != NULL && a.hint[k][0] != '\0');
			CHECK(strpbrk(a.hint[k], "{}") == NULL);
			CHECK(strlen(a.hint[k]) < 400);
			if (strstr(a.hint[k], "``") != NULL)
				printf("# %s: %s\n", s->id, a.hint[k]);
			CHECK(strstr(a.hint[k], "``") == NULL);
		}
	}
}

/* What the text itself does wrong is said at once, and only then. */
static void
text_at_fault(void)
{
	cleanup_coach_advice struct coach_advice a = {0}, b = {0}, c = {0};
	cleanup_json json_t *web = json_loads(WEB("running", "5000", ""), 0, NULL),
			    *stages = json_loads(STAGES("EXPOSE 5000"), 0, NULL);
	struct coach_input in = {.line = "docker run --name web app",
	    .output = "Conflict. The container name \"/web\" is already in use by",
	    .status = 125,
	    .scene = scene_of,
	    .arg = web};

	CHECK(web != NULL && stages != NULL);
	coach_advise(&in, &a);
	CHECK_STR(a.id, "name-taken");
	CHECK(a.text == NULL);
	in.text_again = true;
	coach_advise(&in, &b);
	CHECK(b.text != NULL && strstr(b.text, "text is at fault") != NULL);
	CHECK(b.text != NULL && strstr(b.text, "`docker rm -f web`") != NULL);
	advise("docker logs web", "No module named 'flask'\n", 0, stages, &c);
	CHECK_STR(c.id, "stage-left");
	CHECK(c.text != NULL && strstr(c.text, "COPY --from=build /usr") != NULL);
}

/* A guess must be like the word. */
static void
short_words(void)
{
	cleanup_coach_advice struct coach_advice a = {0}, b = {0};

	advise("vip x", "bash: vip: command not found", 127, NULL, &a);
	CHECK_STR(a.id, "command-typo"); /* pip: one letter */
	advise("xyp x", "bash: xyp: command not found", 127, NULL, &b);
	CHECK(b.id == NULL);
}

/* The same command in a state that is right. */
static void
rests_in_a_right_state(void)
{
	static const struct {
		const char *line, *output, *scene;
		int status;
	} fine[] = {{"docker restart web", "web\n", OLD("b"), 0}, {"", "", OLD("b"), 0},
	    {"docker build .", "x: No such file or directory",
		LINES(LINE("RUN cd /src && make")), 1},
	    {"docker build .", "x: No such file or directory",
		LINES(LINE("WORKDIR /src")), 1},
	    {"docker logs web", "PermissionError: [Errno 13] Permission denied: 'x'",
		LINES(LINE("USER app") "," LINE("USER root")), 0},
	    {"docker build .", "No such file or directory: 'x'", NEEDS("flask==3.1.1"),
		1},
	    {"docker logs web", "listening\n", SILENT, 0}};

	for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
		cleanup_coach_advice struct coach_advice a = {0};
		cleanup_json json_t *j = json_loads(fine[i].scene, 0, NULL);

		CHECK(j != NULL);
		advise(fine[i].line, fine[i].output, fine[i].status, j, &a);
		if (a.id != NULL)
			printf("# %s for: %s\n", a.id, fine[i].line);
		CHECK(a.id == NULL);
	}
}

static void
success_is_quiet(void)
{
	static const char *const lines[] = {"docker ps", "docker build -t app .",
	    "ls -la", "docker run -d -p 5000:5000 --name web app", "curl localhost:5000",
	    ""};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		cleanup_coach_advice struct coach_advice a = {0};
		cleanup_json json_t *j =
		    json_loads(WEB("running", "5000",
				   " * Running on all addresses (0.0.0.0) http://x:5000"),
			0, NULL);

		CHECK(j != NULL);
		advise(lines[i], "fine\n", 0, j, &a);
		CHECK(a.id == NULL);
	}
}

static void
escapes(void)
{
	cleanup_coach_advice struct coach_advice a = {0}, b = {0};

	advise("docker build .",
	    "\033[31mdockerfile parse error on line 3: unknown \033[0minstruction: "
	    "CO`PY\r\n",
	    1, NULL, &a);
	CHECK_STR(a.id, "instruction");
	CHECK(strstr(a.hint[COACH_FACT], "`CO'PY`") != NULL);
	advise("docker ps \033", "\033[", 1, NULL, &b);
	CHECK(b.id == NULL);
}

TEST_MAIN({"each mistake is seen", fires},
    {"a right state is no mistake", rests_in_a_right_state},
    {"beside the mistake the row rests", rests},
    {"every row has a sample", all_rows_have_samples},
    {"a text that is at fault is named", text_at_fault},
    {"short words are not guessed", short_words},
    {"four levels of hint, filled in", levels}, {"success is quiet", success_is_quiet},
    {"escape sequences and quotes of others do no harm", escapes})
