"""What must hold before a byte is written. Reads the plan and the rendered text; must not know how the text was made.

1. `text`: the text, parsed back by two parsers, is the tree that was printed.
   `schema`: it is what the providers take, and refers to nothing that is not there.
2. `meaning`: what is rebuilt from the parsed text is what was planned.
3. `sufficient`: each action exists, and all that AWS checks for it is granted.
4. `necessary`: each statement is there for a feature that the posture uses, and `*` only where AWS offers no resource.
   `calls` holds both against the API calls that the sheets list: each is allowed, and nothing that none of them needs;
   for the execution role, callers, gateways' roles and flow logs.
5. `claims`: what the posture expects of the policies holds.
6. `limits`: the policies fit into IAM, also where they are divided for that; a boundary contains its role's policy.
7. `reach`: what features connect to can be reached, through endpoints whose policies let it pass, and nothing else.

A failure of 1 or 2 is a bug of tfgen (`InternalError`); one of 3 to 7 is a finding.
"""
