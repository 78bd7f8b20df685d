/*
 * looks.c - what a line looks like: a command, a form of one, or output
 *
 * Words only; where the line stands, and what a prompt before it says, is run.c's
 * affair.
 */
#include "src/lesson/run.h"
#include "src/lesson/words.h"
#include <ctype.h>

bool
run_is_command_word(const char *s, size_t len)
{
	static const char *const words[] = {"docker", "cd", "mkdir", "ls", "cat", "echo",
	    "curl", "pip", "pip3", "python", "python3", "touch", "nano", "vi", "vim",
	    "git", "apt", "apt-get", "sudo", "npm", "cp", "mv", "rm", "export", "source",
	    "wget", "docker-compose", "chmod", "tree", "grep", "pwd", "winpty", "brew",
	    "dockerd", "whoami", "uname", "systemctl", "podman", "node", "npx", "clear",
	    "drydock"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && strncmp(words[i], s, len) == 0)
			return true;
	return false;
}

bool
run_command_follows(const char *s)
{
	return run_is_command_word(s, strcspn(s, " \t\n\\;|&"));
}

bool
run_looks_like_output(const char *line)
{
	static const char *const starts[] = {"CONTAINER ID", "REPOSITORY ", "IMAGE  ",
	    "NAME  ", "NETWORK ID", "DRIVER  ", "Step 1/", "Sending build context",
	    "Successfully ", "Unable to find image", "Using default tag",
	    "sha256:", "[+] ", "Digest: ", "Status: ", " ---> ", "Hello from Docker",
	    "Error response", "docker: Error", "Pulling from", "latest: Pulling",
	    "Removing intermediate", "Docker version",
	    "Client:", "Server:", "Untagged:", "Deleted:", "The push refers",
	    "Collecting ", "Login Succeeded", "=> ", "#1 ", "Cloning into",
	    "Total reclaimed"};
	size_t hex = strspn(line, "0123456789abcdef"), word = strcspn(line, " \t");

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(line, starts[i]))
			return true;
	if (hex == 12 || hex == 64)
		return line[hex] == '\0' || line[hex] == ' ' || line[hex] == ':';
	/* No command begins so: "latest: Pulling", "-rw-r--r--", "{", "Hello there". */
	if (word > 1 && line[word - 1] == ':')
		return true;
	if (str_starts(line, "$ "))
		return true;
	if (strchr("{}]|+<*=-\",>%", *line) != NULL)
		return *line != '\0';
	if (*line == '[')
		return line[1] != ' ' && line[1] != '[';
	return isupper((unsigned char)*line) && memchr(line, '=', word) == NULL &&
	       memchr(line, '/', word) == NULL && memchr(line, '-', word) == NULL;
}

/* Docker's own commands, for telling them from talk of docker. */
bool
run_is_docker(const char *line)
{
	static const char *const words[] = {"attach", "build", "builder", "buildx",
	    "commit", "compose", "container", "context", "cp", "create", "diff", "events",
	    "exec", "export", "history", "image", "images", "import", "info", "inspect",
	    "kill", "load", "login", "logout", "logs", "network", "node", "pause",
	    "plugin", "port", "ps", "pull", "push", "rename", "restart", "rm", "rmi",
	    "run", "save", "search", "secret", "service", "stack", "start", "stats",
	    "stop", "swarm", "system", "tag", "top", "unpause", "update", "version",
	    "volume", "wait"};
	const char *s = str_after(line, "sudo ");
	size_t n;

	s = str_after(s != NULL ? s : line, "docker ");
	if (s == NULL)
		return str_starts(line, "docker-compose ");
	n = strcspn(s, " ");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == n && strncmp(words[i], s, n) == 0)
			return true;
	return *s == '-';
}

bool
run_is_known_tool(const char *line)
{
	static const char words[] = " ls cat head tail sed awk grep find sort wc cut tr "
				    "tee xargs less more tar gzip "
				    "gunzip zip unzip ln stat file du df ps top kill "
				    "killall sleep date env set unset "
				    "read test time watch true false exit if for while "
				    "until case do done then else fi "
				    "function return eval exec trap alias printf id "
				    "whoami hostname ip ifconfig ping "
				    "netstat ss nc telnet dig nslookup host ssh scp "
				    "rsync openssl base64 sha256sum md5sum "
				    "make cmake gcc g++ cc go cargo rustc java javac mvn "
				    "gradle ./gradlew dotnet php "
				    "composer ruby gem bundle rails perl rake yarn pnpm "
				    "bun deno poetry pipenv uv conda "
				    "virtualenv flask django-admin gunicorn uvicorn "
				    "pytest jupyter psql mysql redis-cli "
				    "mongo mongosh sqlite3 createdb kubectl minikube "
				    "helm kind terraform ansible vagrant "
				    "aws az gcloud heroku flyctl eb yum dnf apk pacman "
				    "zypper snap dpkg rpm service "
				    "chown chgrp groupadd usermod useradd adduser newgrp "
				    "su mount umount open start "
				    "code subl emacs type copy del dir cls history jq yq "
				    "hey ab siege nginx httpd npm "
				    "docker-machine boot2docker buildah skopeo hadolint "
				    "trivy dive ctr nerdctl rmdir "
				    "install basename dirname realpath readlink diff "
				    "patch seq yes nohup setx choco winget "
				    "Get-Content Set-Location New-Item Invoke-WebRequest "
				    "Remove-Item . [ [[ { ! pushd popd ";
	char padded[40];
	size_t n = strcspn(line, " \t");

	if (n == 0 || n > 30)
		return false;
	if (run_is_command_word(line, n) || *line == '$' || *line == '(')
		return true;
	/* "A=b"; but "uid=0(root)" is what id answers. */
	if (memchr(line, '=', n) != NULL)
		return memchr(line, '(', n) == NULL || strstr(line, "$(") != NULL;
	/* "./run.sh", "/usr/bin/env python"; but "/app" is what pwd answers. */
	if (str_starts(line, "./") || str_starts(line, "../") || str_starts(line, "~/") ||
	    str_starts(line, "$"))
		return true;
	if (*line == '/')
		return line[n] != '\0';
	snprintf(padded, sizeof padded, " %.*s ", (int)n, line);
	return strstr(words, padded) != NULL;
}
bool
run_is_command_again(const char *line, bool after_blank)
{
	size_t n = strcspn(line, " ");

	return run_is_docker(line) ||
	       (after_blank && line[n] == ' ' && run_is_command_word(line, n));
}

/* Words that stand for something (IMAGE, CONTAINER) in a docker command: how many;
 * COMMAND counts twice. */
static size_t
capitals(const char *s)
{
	struct tokens ts cleanup_tokens = {0};
	size_t found = 0;

	if (!str_starts(s, "docker ") || !tokens_shell(s, &ts))
		return 0;
	for (size_t i = 1; i < ts.len; i++) {
		const char *w = ts.t[i].text, *before = ts.t[i - 1].text;
		bool value = before[0] == '-' && strchr("es", before[1]) != NULL;

		if (ts.t[i].quoted || ts.t[i].op || value || strlen(w) < 3 ||
		    str_eq(before, "--build-arg") || str_eq(before, "--env") ||
		    strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-:.[]|") != strlen(w))
			continue;
		found += str_eq(w, "COMMAND") || str_eq(w, "OPTIONS") ? 2 : 1;
	}
	return found;
}

/* "docker run [OPTIONS] IMAGE", "docker tag <a> <b>": a form, not a command. */
bool
run_is_synopsis(const char *s)
{
	struct vec seen cleanup_vec = VEC_INIT;

	if (strstr(s, "[OPTIONS]") != NULL || strstr(s, "...]") != NULL ||
	    strstr(s, "[options]") != NULL || strstr(s, "[COMMAND]") != NULL ||
	    capitals(s) > 1)
		return true;
	for (const char *p = s; *p != '\0'; p++) {
		size_t n = *p == '<' ? placeholder_at(p, true) : 0;

		if (n > 0) {
			char *one cleanup_free = xstrndup(p, n);

			if (!vec_has(&seen, one))
				vec_add(&seen, one);
		}
	}
	return seen.len > 1;
}

/* Words that a docker command needs behind its name: -1 when it is a group's name. */
static int
needs(const char *name, size_t len)
{
	static const struct {
		const char *names;
		int words;
	} rows[] = {
	    {" ps images info version login logout stats events ls df prune up down "
	     "init list ",
		0},
	    {" tag exec cp rename ", 2},
	    {" container image network volume system builder buildx context compose "
	     "swarm "
	     "service node stack manifest plugin config secret ",
		-1}};
	char padded[40];

	if (len > 30)
		return 1;
	snprintf(padded, sizeof padded, " %.*s ", (int)len, name);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strstr(rows[i].names, padded) != NULL)
			return rows[i].words;
	return 1;
}

bool
run_is_whole(const char *command)
{
	struct tokens ts cleanup_tokens = {0};
	size_t i = 1, words = 0;
	int need;

	if (!run_is_docker(command) || run_is_synopsis(command) ||
	    !tokens_shell(command, &ts) || strstr(command, "...") != NULL ||
	    strstr(command, "…") != NULL || strchr(command, '[') != NULL)
		return false;
	i += str_eq(ts.t[0].text, "sudo");
	if (i >= ts.len)
		return false;
	need = needs(ts.t[i].text, strlen(ts.t[i].text));
	if (*ts.t[i].text == '-')
		return str_eq(ts.t[i].text, "--version") || str_eq(ts.t[i].text, "-v");
	if (need < 0 && ++i < ts.len)
		need = needs(ts.t[i].text, strlen(ts.t[i].text));
	for (i++; i < ts.len; i++)
		words += *ts.t[i].text != '-' || str_eq(ts.t[i].text, "--help");
	return need >= 0 && words >= (size_t)need;
}
