"""Each shape at its edges, and its pattern in the language that Python and RE2 share."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from every import every
from terraform_harness import Terraform

from tfgen.diagnostics import InternalError
from tfgen.posture import shape, shapes
from tfgen.posture.shape import _shape

P = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:"
OTHER = "arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:111122223333:"
HEX = "0123456789abcdef0"

EDGES: dict[str, tuple[list[str], list[str]]] = {
    "posture-name": (["a", "a" * 40, "a-1"], ["", "a" * 41, "A", "1a", "-a", "a_b", "a\n"]),
    "access-name": (["a", "a" * 40, "a-1"], ["", "a" * 41, "A", "1a", "-a", "a_b"]),
    "input-name": (["a", "a" * 63, "a_1"], ["", "a" * 64, "A", "1a", "_a", "a-b"]),
    "sentence": (
        ["a", "a" * 1000, "é ${x}"],
        ["", "a" * 1001, "a\nb", "a\tb", "\x7f", "a ", " a", " ", "a\x85b", "a\u200bb", "a\u202eb", "a\u2028b"],
    ),
    "text": (["", "a\nb"], []),
    "some-text": (["a", "a\nb"], [""]),
    "action": (["s3:GetObject", "a:b"], ["s3:*", "s3", "S3:Get", "s3:", ":Get", "s3:Get*", "s3:Get Object"]),
    "action-or-service": (["s3:GetObject", "s3:*"], ["*", "s3:Get*", "s3", "*:*", "s3:**"]),
    "resource": (
        ["*", "arn:aws:s3:::orders", P + "gateway/a"],
        ["", "**", "orders", "arn:aws:s3:::orders*", "arn:aws:s3:::${a}", "arn:aws:s3:::", "arn:aws:s3:::a b"],
    ),
    "form-name": (["a", "inference-profile", "a1"], ["", "A", "1a", "-a", "a b", "a" * 65]),
    "guardrail-arn": (
        ["arn:aws:bedrock:eu-central-1:111122223333:guardrail/a1", "arn:aws-us-gov:bedrock:a:111122223333:guardrail/a"],
        ["", "a1b2c3", "arn:aws:bedrock:*:111122223333:guardrail/a", "arn:aws:bedrock:a:111122223333:guardrail/a*"],
    ),
    "claimed-resource": (
        ["*", "arn:aws:s3:::orders", "arn:${partition}:sqs:${region}:${account}:a", "arn:aws:s3:::a${account}b$"],
        ["", "orders", "${account}", "arn:aws:s3:::${a}", "arn:aws:s3:::{account}", "arn:aws:s3:::a*", "arn:aws:s3:::"],
    ),
    "claimed-text": (
        ["a", "a\nb", "$", "a$b", "{a}", "${region}", "$${region}x$"],
        ["", "${", "${a}", "${aws:username}", "$${a}"],
    ),
    "condition-key": (["aws:x", "aws:PrincipalTag/team"], ["aws", "aws:", ":x", "aws:a b"]),
    "tag-key": (["a", "a" * 128, "a b._:/=+@-1"], ["", "a" * 129, "é", "a\tb", "a*", "a#"]),
    "tag-value": (["", "a" * 256, "a b._:/=+@-1"], ["a" * 257, "é", "a\n", "(a)"]),
    "role-name": (["a", "a" * 64, "a_+=,.@-1"], ["", "a" * 65, "a b", "é", "a/b", "a:b"]),
    "role-name-prefix": (["a", "a" * 38], ["", "a" * 39, "a b"]),
    "role-path": (
        ["/", "/a/", "/a/b/", f"/{'a' * 510}/"],
        ["", "a", "/a", "a/", f"/{'a' * 511}/", "/a*/", "/a?/", "/{a}/", "/a b/", "/é/"],
    ),
    "role-description": (["", "a" * 1000, "über"], ["a" * 1001, "a\nb", "→"]),
    "policy-arn": (
        ["arn:aws:iam::aws:policy/x", "arn:aws-cn:iam::111122223333:policy/a/b",
         "arn:aws:iam::aws:policy/" + "a" * 2024],
        ["arn:aws:iam::111122223333:role/x", "arn:aws:iam::1:policy/x", "arn:aws:iam::aws:policy/", "x",
         "arn:aws:iam::aws:policy/x*", "arn:aws:iam::aws:policy/" + "a" * 2025],
    ),
    "harness-name": (["a", "A1_", "a" * 40], ["", "1a", "_a", "a-b", "a" * 41, "a\n"]),
    "endpoint-name": (["a", "DEFAULT", "a" * 48], ["", "1a", "_a", "a-b", "a" * 49]),
    "system-prompt-text": (["a", "a\nb"], [""]),
    "allowed-tool": (
        ["*", "a", "@a", "@a/b", "@builtin", "a/b", "a" * 64, "@a/*"],
        ["", "a/b/c", "/a", "a/", "a" * 65],
    ),
    "environment-variable-key": (["a", "a" * 100], ["", "a" * 101]),
    "environment-variable-value": (["", "a" * 5000], ["a" * 5001]),
    "model-id": (["a", "anthropic.claude:0", "a" * 2048], ["", "a b", "a*", "a?", "${a}", "a\n", "a" * 2049]),
    "api-key-arn": (
        [P + "token-vault/default/apikeycredentialprovider/a",
         OTHER + "token-vault/a.b-c/apikeycredentialprovider/A.1-"],
        [P + "token-vault/default/oauth2credentialprovider/a", P + "token-vault/default/apikeycredentialprovider/",
         P + "token-vault/default/apikeycredentialprovider/a_b", P + "token-vault/default/apikeycredentialprovider/*",
         P.replace("1111", "111") + "token-vault/default/apikeycredentialprovider/a"],
    ),
    "api-base": (["a", "a" * 16383], ["", "a" * 16384]),
    "tool-name": (["a", "_", "-", "1", "a" * 64], ["", "a.b", "a b", "a" * 65, "é"]),
    "remote-mcp-url": (["a", "a" * 16383], ["", "a" * 16384]),
    "header-name": (["a", "a" * 16383], ["", "a" * 16384]),
    "header-value": (["a", "a" * 16383], ["", "a" * 16384]),
    "header-credential": (["${arn:a}"], ["${a}", "arn:a", "${arn:{}}"]),
    "signing-service": (["a", "a.b_c-1", "a" * 64], ["", "a b", "a:b", "a" * 65]),
    "region": (["a", "eu-central-1", "a" * 32], ["", "a_b", "a" * 33]),
    "browser-arn": (
        ["arn:aws:bedrock-agentcore:eu-central-1:aws:browser/aws.browser.v1", P + "browser-custom/a-abcdefghij",
         OTHER + f"browser-custom/{'a' * 48}-0123456789"],
        [P + "browser/x", P + "browser-custom/a-abcdefghi", P + "browser-custom/1-abcdefghij",
         P + f"browser-custom/{'a' * 49}-abcdefghij", P + "browser-custom/*", P + "browser/awsxbrowserxv1"],
    ),
    "code-interpreter-arn": (
        ["arn:aws:bedrock-agentcore:eu-central-1:aws:code-interpreter/aws.codeinterpreter.v1",
         P + "code-interpreter-custom/a-abcdefghij"],
        [P + "code-interpreter/x", P + "code-interpreter-custom/a-abcdefghi", P + "code-interpreter-custom/*"],
    ),
    "gateway-arn": (
        [P + "gateway/a-abcdefghij", OTHER + "gateway/a-b-0123456789", P + f"gateway/{'a' * 48}-abcdefghij",
         "arn:aws-iso:bedrock-agentcore:a:111122223333:gateway/a-abcdefghij"],
        [P + "gateway/a-abcdefghi", P + "gateway/A-abcdefghij", P + f"gateway/{'a' * 49}-abcdefghij",
         P + "gateway/-abcdefghij", P + "gateway/*", P.replace("eu-central-1", "a" * 21) + "gateway/a-abcdefghij"],
    ),
    "gateway-name": (["a", "a-1", "a" * 40], ["", "a" * 41, "A", "1a", "-a", "a-", "a--b", "a_b"]),
    "gateway-target": (["a", "A-1", "a-", "a" * 100], ["", "a" * 101, "-a", "a--b", "a_b"]),
    "gateway-tool": (["A___b c", "é"], ["", "a\nb", "\x7f"]),
    "gateway-policy-name": (["a", "A_1", "a" * 48], ["", "a" * 49, "1a", "_a", "a-b", "a b"]),
    "argument-path": (["a", "a.b c", "é"], ["", "a\nb"]),
    "caller-arn": (
        ["arn:aws:sts::111122223333:assumed-role/a", "arn:aws-us-gov:iam::111122223333:user/a/b"],
        ["arn:aws:iam::111122223333:role/a", "arn:aws:sts::111122223333:assumed-role/a/session",
         "arn:aws:sts::1:assumed-role/a", "arn:aws:sts::111122223333:assumed-role/*",
         "arn:aws:iam::111122223333:user/"],
    ),
    "file-path": (["a.json", "a/b.json", "_/-.yml", "a.b/a.v2.yaml", "a" * 195 + ".yaml"],
        ["", "/a.json", "../a.json", "a/../b.json", ".a.json", "a//b.json", "a/", "a\\b.json", "a*.json", "a b.json",
         "a" * 196 + ".json", "a", "a.tf", "a.tf.json", "a.tfvars.json", "a.b.json", ".json", "a.JSON", "a.json.",
         "a.json/", "a.yamlx", "ayaml", "a.json\n"]),
    "file-pattern": (["*.cedar", "a/*.cedar", "*/a*b.cedar", "a.cedar", "a.tf.cedar"],
        ["", "*", "/*.cedar", "../*.cedar", ".*.cedar", "a//*.cedar", "a/.*.cedar", "a?.cedar", "[a].cedar", ".cedar",
         "a.cedar*", "*cedar", "a.tf", "a.cedar.tf", "a.cedar/*"]),
    "oauth-provider-arn": (
        [P + "token-vault/default/oauth2credentialprovider/a", "arn:::::token-vault/a/oauth2credentialprovider/b"],
        ["arn:a:b:c:1:d", "arn:a:b:c::", "a", P + "token-vault/*", P + "${a}", "arn::::111122223333:a",
         P + "token-vault/default/apikeycredentialprovider/a"],
    ),
    "oauth-scope": (["a", "a" * 64], ["", "a" * 65]),
    "oauth-parameter-name": (["a", "a" * 256], ["", "a" * 257]),
    "oauth-parameter-value": (["a", "a" * 2048], ["", "a" * 2049]),
    "return-url": (["a:b", "https://a", "a:/b", "https://" + "a" * 2040],
        ["", "a", "://a", "a:", "a:b c", "https://" + "a" * 2041]),
    "function-description": (["a", "a" * 4096], ["", "a" * 4097]),
    "skill-path": (["a", "a" * 4096], ["", "a" * 4097]),
    "skill-s3-uri": (
        ["s3://abc", "s3://abc/", f"s3://{'a' * 63}/x/y", "s3://abc/" + "a" * 16374],
        ["", "s3://", "s3://ab", "S3://abc", f"s3://{'a' * 64}", "s3://Abc", "s3://abc/*", "s3://a*c/", "s3://abc/${a}",
         "s3://abc/" + "a" * 16375, "https://abc"],
    ),
    "skill-git-url": (
        ["https://a", "https://git.example.com/x.git", "https://" + "a" * 16375],
        ["", "https://", "http://a", "https://a@b", "https://a#b", "git@a:b", "https://" + "a" * 16376],
    ),
    "aws-skill-path": (["a", "*", "a/*", "a" * 4096], ["", "a?", "[a]", "a" * 4097]),
    "memory-arn": (
        [P + "memory/a-abcdefghij", P + f"memory/{'a' * 100}-0123456789", OTHER + "memory/a_b-abcdefghij"],
        [P + "memory/a-abcdefghi", P + "memory/1-abcdefghij", P + f"memory/{'a' * 101}-abcdefghij", P + "memory/*"],
    ),
    "memory-namespace": (["a", "/{actorId}/*", "a" * 1024], ["", "a" * 1025]),
    "kms-key-arn": (
        ["arn:aws:kms:eu-central-1:111122223333:key/" + "a" * 36, "arn:aws-iso-b:kms::111122223333:key/" + "a" * 36],
        ["arn:aws:kms:eu-central-1:111122223333:key/" + "a" * 35,
         "arn:aws:kms:eu-central-1:111122223333:key/" + "a" * 37,
         "arn:aws:kms:eu-central-1:111122223333:alias/a", "a" * 36],
    ),
    "hook-name": (["a", "_-1", "a" * 64], ["", "a b", "a" * 65]),
    "lambda-arn": (
        ["arn:aws:lambda:a:111122223333:function:f", "arn:aws-cn:lambda:a:111122223333:function:f:$LATEST",
         "arn:aws:lambda:a:111122223333:function:" + "f" * 2009],
        ["arn:aws:lambda:a:111122223333:layer:f", "arn:aws:lambda:a:111122223333:function:",
         "arn:aws:lambda:a:111122223333:function:*", "arn:aws:lambda:a:111122223333:function:${f}",
         "arn:aws:lambda:a:111122223333:function:" + "f" * 2010],
    ),
    "sns-topic-arn": (
        ["arn:aws:sns:a:111122223333:t", "arn:aws-cn:sns:a:111122223333:t.fifo"],
        ["arn:aws:sqs:a:111122223333:t", "arn:aws:sns:a:111122223333:", "arn:aws:sns:a:111122223333:*"],
    ),
    "event-bus-arn": (
        ["arn:aws:events:a:111122223333:event-bus/b", "arn:aws-cn:events:a:111122223333:event-bus/a/b"],
        ["arn:aws:events:a:111122223333:rule/b", "arn:aws:events:a:111122223333:event-bus/", "default",
         "arn:aws:events:a:111122223333:event-bus/*"],
    ),
    "container-uri": (
        ["111122223333.dkr.ecr.a.amazonaws.com/a", "111122223333.dkr.ecr.a.amazonaws.com.cn/a/b-c:1@sha256:a",
         "public.ecr.aws/a/b:latest", "public.ecr.aws/a:" + "t" * 300],
        ["", "docker.io/a", "11112222333.dkr.ecr.a.amazonaws.com/a", "public.ecr.aws/", "public.ecr.aws/A",
         "public.ecr.aws/a:" + "t" * 301, "public.ecr.aws/a*", "public.ecr.aws/" + "a" * 1010],
    ),
    "subnet-id": (["subnet-" + "a" * 8, "subnet-" + "Z" * 17],
        ["subnet-" + "a" * 7, "subnet-" + "a" * 18, "sg-" + "a" * 8, ""]),
    "security-group-id": (["sg-" + "a" * 8, "sg-" + "Z" * 17],
        ["sg-" + "a" * 7, "sg-" + "a" * 18, "subnet-" + "a" * 8]),
    "mount-path": (
        ["/mnt/a", "/mnt/a/", "/mnt/a.b_c-1", "/mnt/" + "a" * 195],
        ["", "/mnt/", "/mnt//", "/mnt/a/b", "/data", "mnt/a", "/mnt/a b", "/mnt/" + "a" * 196],
    ),
    "s3-files-access-point-arn": (
        [f"arn:aws:s3files:a:111122223333:file-system/fs-{HEX}/access-point/fsap-{HEX}"],
        [f"arn:aws:s3files:a:1:file-system/fs-{HEX[1:]}/access-point/fsap-{HEX}",
         f"arn:aws:s3files:a:1:file-system/fs-{HEX}/access-point/fsap-{HEX[1:]}",
         f"arn:aws:s3files:a:1:file-system/fs-{'a' * 41}/access-point/fsap-{HEX}",
         f"arn:aws:s3files:{'a' * 200}:1:file-system/fs-{HEX}/access-point/fsap-{HEX}"],
    ),
    "efs-access-point-arn": (
        ["arn:aws:elasticfilesystem:a:1:access-point/fsap-" + "a" * 8,
         "arn:aws-cn:elasticfilesystem:a:1:access-point/fsap-" + "a" * 40],
        ["arn:aws:elasticfilesystem:a:1:access-point/fsap-" + "a" * 7,
         "arn:aws:elasticfilesystem:a:1:access-point/fsap-" + "a" * 41,
         "arn:aws:elasticfilesystem:a:1:access-point/fsap-" + "g" * 8,
         f"arn:aws:elasticfilesystem:{'a' * 100}:access-point/fsap-" + "a" * 8],
    ),
    "bucket-name": (
        ["abc", "a.b-1", "a" * 63, "scratch--use1-az4--x-s3"],
        ["ab", "Abc", "-ab", "ab-", "a*b", "a" * 64],
    ),
    "mount-prefix": (
        ["a", "data/", "{runtimeSessionId}/", "data/{runtimeSessionId}/in", "a!_.'()/-Z9", "a" * 1024],
        ["", "/a", "a*", "a?", "a{b}", "{session}/", "a b", "${x}", "a" * 1025],
    ),
    "bucket-region": (["eu-central-1", "us-gov-west-1", "a-b-12"], ["", "eu", "eu-1", "EU-central-1", "a-b-c-d-1"]),
    "volume-name": (["a", "a_-1", "a" * 48], ["", "1a", "_a", "a" * 49]),
    "discovery-url": (
        ["https://a/.well-known/openid-configuration", "https://a/b/.well-known/openid-configuration"],
        ["http://a/.well-known/openid-configuration", "https:///.well-known/openid-configurations",
         "https://a/.well-known/oauth-authorization-server", "https://a/.well-known/openid-configuration/x",
         "https://a?b/.well-known/openid-configuration", "https://a/.well-known/openid-configuration?x",
         "https://" + "a" * 2048 + "/.well-known/openid-configuration"],
    ),
    "user-pool-id": (
        ["eu-central-1_AbCdEfGhI", "us-gov-west-1_x", "a_" + "b" * 53],
        ["", "AbCdEfGhI", "eu-central-1_", "_a", "eu-central-1_a/b", "eu-central-1_a-b", "a_" + "b" * 54, "a b_c"],
    ),
    "entra-tenant-id": (
        ["01234567-89ab-cdef-0123-456789abcdef"],
        ["", "common", "contoso.onmicrosoft.com", "01234567-89AB-cdef-0123-456789abcdef", "0" * 36],
    ),
    "entra-subdomain": (
        ["contoso", "a", "shop-2", "a" * 63],
        ["", "contoso.ciamlogin.com", "Contoso", "-a", "a-", "a" * 64, "https://contoso", "a_b"],
    ),
    "idp-domain": (
        ["idp.example.com", "a.b", "dev-1.us.auth0.com"],
        ["", "localhost", "https://idp.example.com", "idp.example.com/", "Idp.example.com", "-a.b", "a..b", "a.b."],
    ),
    "idp-url": (
        ["https://a", "https://idp.example.com/auth", "https://idp.example.com:8443/a/b", "https://[fd00::1]/a"],
        ["", "http://a", "https://", "https://a/", "https://a//b", "https://a?b", "https://a#b", "https://u:p@a",
         "https://a b"],
    ),
    "realm": (["agents", "A_1.é", "a" * 200], ["", "a/b", "a b", "a?b", "a#b", "a" * 201]),
    "okta-server-id": (["default", "aus_1-2", "a" * 100], ["", "a/b", "a.b", "a" * 101]),
    "audience": (["a"], [""]),
    "client": (["a"], [""]),
    "scope": (["a", "!#[]~", "a" * 255], ["", "a b", '"', "\\", "é", "a" * 256]),
    "claim-name": (["a", "_./:9", "a" * 255], ["", "a-b", "a b", "a" * 256]),
    "claim-value": (["a", "_.-9", "a" * 255], ["", "a:b", "a/b", "a@b", "a b", "a" * 256]),
    "lattice-resource": (
        [f"rcfg-{HEX}", f"arn:aws:vpc-lattice:a:111122223333:resourceconfiguration/rcfg-{HEX}"],
        ["rcfg-" + HEX[1:], f"rcfg-{HEX}0", f"arn:aws:vpc-lattice:a:1:resourceconfiguration/rcfg-{HEX}"],
    ),
    "vpc-id": (["vpc-" + "a" * 8, "vpc-" + "a" * 17],
        ["vpc-" + "a" * 7, "vpc-" + "a" * 9, "vpc-" + "a" * 18, "vpc-" + "A" * 8]),
    "lattice-security-group-id": (["sg-" + "a" * 8, "sg-" + "a" * 17],
        ["sg-" + "a" * 9, "sg-" + "A" * 8, "sg-" + "a" * 18]),
    "routing-domain": (["a.b", "a" * 255], ["ab", "a" * 256]),
    "override-domain": (["a", "a" * 253], ["", "a" * 254]),
    "certificate-s3-uri": (
        ["s3://abc/k", "s3://abc/" + "a" * 2039],
        ["s3://abc", "s3://abc/", "s3://ab/k", "s3://abc/*", "https://abc/k", "s3://abc/" + "a" * 2040],
    ),
    "account-id": (["0" * 12], ["0" * 11, "0" * 13, "a" * 12, "٣" * 12]),
    "secret-arn": (
        ["arn:aws:secretsmanager:a:111122223333:secret:s",
         "arn:aws-cn:secretsmanager:a:111122223333:secret:a/b-AbCdEf"],
        ["arn:aws:secretsmanager:a:111122223333:secret:", "arn:aws:secretsmanager:a:1:secret:s",
         "arn:aws:secretsmanager:a:111122223333:secret:*"],
    ),
    "hosting-arn": (["a" * 20, "a" * 1011], ["a" * 19, "a" * 1012, "a" * 20 + "*"]),
    "cidr": (
        ["10.0.0.0/8", "0.0.0.0/0", "203.0.113.7/32", "::/0", "2001:db8::/32", "fd00::1/128"],
        ["10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "::", "2001:db8::/129", "a.b.c.d/8", "10.0.0.0/8 "],
    ),
    "prefix-list-id": (["pl-" + "a" * 8, "pl-" + "0" * 17], ["pl-" + "a" * 7, "pl-" + "a" * 18, "pl-" + "g" * 8]),
    "route-table-id": (["rtb-" + "a" * 8, "rtb-" + "0" * 17], ["rtb-" + "a" * 7, "rt-" + "a" * 8, "rtb-" + "G" * 8]),
    "rule-description": (
        ["a", "a" * 255, "The orders database: tcp/5432 (a_b.c)."],
        ["", "a" * 256, "it's", 'a "b"', "é", "a\nb", "${x}"],
    ),
    "endpoint-service": (["s3", "ecr.api", "bedrock-agentcore.gateway"], ["a", "S3", "ecr.", ".api", "a--b", "a b"]),
    "host-name": (["a", "tools.internal.example.com", "a-1.b"], ["", "A", "a.", "-a", "a-", "https://a", "a:443"]),
    "workload-identity": (["abc", "a_.-", "a" * 255], ["ab", "a b", "a:b", "a" * 256]),
}  # fmt: skip

CASES = [
    (f"{name}-{'good' if is_good else 'bad'}-{position}", (name, text, is_good))
    for name, (good, bad) in EDGES.items()
    for is_good, list_of in ((True, good), (False, bad))
    for position, text in enumerate(list_of)
]


def test_every_shape_has_edges() -> None:
    assert set(EDGES) == set(shapes())


@every(("name", "text", "is_good"), CASES)
def test_edges(name: str, text: str, is_good: bool) -> None:
    assert shape(name).accepts(text) is is_good


@every(("name",), ((name, (name,)) for name in sorted(shapes())))
def test_a_shape_is_well_formed(name: str) -> None:
    found = shape(name)
    assert found.accepts(found.example)
    assert found.sentence
    assert not found.sentence.endswith(".")
    assert found.source
    assert found.max is None or 0 <= found.min <= found.max
    for pattern in filter(None, (found.pattern, found.api)):
        re.compile(pattern)
        assert not re.search(r"\(\?[^:]", pattern), "only plain and non-capturing groups are in RE2 and Python alike"
        assert not re.search(r"\\[A-Zabdswzgkp1-9]", pattern), "classes differ between RE2 and Python: spell them out"
        assert not re.search(r"[*+?}]\+", pattern), "possessive repeats are not in RE2"
        assert "^" not in re.sub(r"\[\^", "[", pattern), "the pattern is for the whole text already"
        assert not re.search(r"(?<![\\\[^])\$", re.sub(r"\[[^\]]*\]", "", pattern))
        for repeat in re.findall(r"\{(\d+)(?:,(\d*))?\}", pattern):
            assert all(int(number) <= 1000 for number in repeat if number)


def test_the_wide_patterns_accept_what_the_service_does() -> None:
    for found in shapes().values():
        if found.api is not None:
            assert found.accepted_by_api(found.example)
            assert found.accepts(found.example)


def test_a_service_with_a_narrower_check_is_known() -> None:
    assert not shape("memory-arn").accepted_by_api(OTHER + "memory/a-abcdefghij")
    assert shape("gateway-arn").accepted_by_api(OTHER + "gateway/a-abcdefghij")


def test_no_shape_that_ends_up_in_a_policy_takes_a_wildcard() -> None:
    for name, found in shapes().items():
        if name.endswith(("-arn", "-uri", "model-id")) or name in ("role-path", "resource", "claimed-resource"):
            for wild in ("*", "?", "${aws:username}"):
                assert not found.accepts(found.example + wild) or name == "container-uri"


def test_the_file_has_a_date_of_review(request: pytest.FixtureRequest) -> None:
    text = (request.config.rootpath / "tfgen" / "posture" / "shapes.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["reviewed"] == date(2026, 11, 24)


def test_an_unknown_or_broken_shape_is_our_bug() -> None:
    with pytest.raises(InternalError, match="no shape 'x'"):
        shape("x")
    with pytest.raises(InternalError, match="'x' is not well formed"):
        _shape("x", {"patern": "a"})


@pytest.mark.terraform
def test_terraform_reads_the_patterns_as_we_do(terraform: Terraform, tmp_path: Path) -> None:
    rows = [
        f'can(regex({_hcl(f"^(?:{found.pattern})$")}, {_hcl(text)})) == {str(is_good).lower()} ? "" : {_hcl(name)}'
        for name, (good, bad) in EDGES.items()
        for is_good, texts in ((True, good), (False, bad))
        for text in texts
        if (found := shape(name)).pattern is not None
        if found.min <= len(text) <= (found.max or len(text))
        if text.isprintable() or not found.printable  # no pattern asks for that
    ]
    rows += [
        f'can(regex({_hcl(f"^(?:{found.api})$")}, {_hcl(found.example)})) ? "" : {_hcl(f"{found.name}, api")}'
        for found in shapes().values()
        if found.api is not None
    ]
    body = ",\n    ".join(rows)
    (tmp_path / "main.tf").write_text(
        f'output "wrong" {{\n  value = compact([\n    {body}\n  ])\n}}\n', encoding="utf-8"
    )
    terraform.init(tmp_path)
    terraform.run("apply", "-auto-approve", "-no-color", cwd=tmp_path)
    done = terraform.run("output", "-json", cwd=tmp_path)
    assert json.loads(done.stdout)["wrong"]["value"] == []


def _hcl(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
