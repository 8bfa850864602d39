package leftout

import (
	"bytes"
	"path"
	"strings"
)

// secretKind is a group of names of secrets; some are secret only if their content shows
// it.
type secretKind struct {
	what           string
	files, folders names
	holds          func(head []byte) bool // nil if the name is enough
}

var secretKinds = []secretKind{
	{what: "settings with passwords", files: newNames(".env .env.* *.env *.env.local"), holds: nil},
	{what: "a private key", files: newNames("id_rsa id_dsa id_ecdsa id_ed25519 id_ecdsa_sk id_ed25519_sk *.ppk"), folders: newNames(".ssh .gnupg")},
	{what: "a private key", files: newNames("*.pem *.key *.p8 *.asc *.gpg-key *.pk8 *.ovpn"), holds: holdsKey},
	{what: "keys in a container", files: newNames("*.p12 *.pfx *.jks *.keystore *.bks")},
	{what: "a password store", files: newNames("*.kdbx *.kdb *.agilekeychain *.1pux *.keychain-db login.keychain wallet.dat"), folders: newNames(".password-store")},
	{what: "credentials of a service", files: newNames("credentials.json client_secret*.json service-account*.json service_account*.json *-firebase-adminsdk-*.json " +
		"application_default_credentials.json .netrc _netrc .pgpass .my.cnf .git-credentials .dockercfg .htpasswd .s3cfg .boto .vault_pass .vault-token *.publishsettings"),
		folders: newNames(".aws .kube .azure .gcloud")},
	{what: "a token of a package registry", files: newNames(".npmrc .yarnrc.yml .pypirc auth.json .gem-credentials credentials.toml"), holds: holdsToken},
	{what: "passwords", files: newNames("secrets.yml secrets.yaml secrets.json secrets.toml passwords.txt passwords.csv")},
}

var harmlessEnv = set(".env.example .env.sample .env.template .env.dist .env.defaults .env.schema")

// secret reports whether an entry looks secret; as is its original name. A file whose
// content decides counts as secret while it is empty or unreadable.
func (f *Folder) secret(name, as string, dir bool) Verdict {
	if !dir && harmlessEnv[name] {
		return Verdict{}
	}
	for _, k := range secretKinds {
		list := k.files
		if dir {
			list = k.folders
		}
		if list.has(name) && (k.holds == nil || k.holds(f.head(as))) {
			return Verdict{Secret, k.what}
		}
	}
	return Verdict{}
}

// ByContent reports whether a file's content decides about it, so that it must be judged
// again after a change.
func ByContent(name string) bool {
	name = Fold(name)
	for _, k := range secretKinds {
		if k.holds != nil && k.files.has(name) {
			return true
		}
	}
	return false
}

// holdsKey distinguishes a private key from a certificate, and from a presentation, which
// may also end in .key.
func holdsKey(head []byte) bool {
	return len(head) == 0 || bytes.Contains(head, []byte("PRIVATE KEY"))
}

func holdsToken(head []byte) bool {
	if len(head) == 0 {
		return true
	}
	for _, mark := range []string{"_auth", "_password", "npmauthtoken", "npmauthident", "password", "token", "oauth"} {
		if bytes.Contains(bytes.ToLower(head), []byte(mark)) {
			return true
		}
	}
	return false
}

// secretPatterns are the names that are always secret, in the syntax of ignore files.
func secretPatterns() (list []string) {
	for _, k := range secretKinds {
		if k.holds != nil {
			continue
		}
		for _, n := range []struct {
			of  names
			end string
		}{{k.files, ""}, {k.folders, "/"}} {
			for name := range n.of.exact {
				list = append(list, name+n.end)
			}
			for _, g := range n.of.globs {
				list = append(list, g.text+n.end)
			}
		}
	}
	return list
}

// Classify judges a file or folder that the seller has named, by its name and content alone:
// whether it looks secret, and for which reason it would be left out of a folder.
func Classify(name string, dir bool, head func() []byte) Verdict {
	r := Rules{}
	base := path.Base(name)
	f := r.In("", func() []string { return nil }, func(string) []byte { return head() })
	v := f.builtIn(base, dir)
	if v.Reason == Hidden && strings.HasPrefix(base, ".") || v.Reason == System {
		return Verdict{}
	}
	return v
}
