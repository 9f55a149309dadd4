<?php
// Roundcube with Debian's defaults, on a database, a server of mail and a folder of its own.
$config = [];
$config['db_dsnw'] = 'sqlite:///@folder@/roundcube.sqlite?mode=0640';
$config['imap_host'] = '127.0.0.1:@imap@';
$config['smtp_host'] = '127.0.0.1:@smtp@';
$config['smtp_user'] = '';
$config['smtp_pass'] = '';
$config['product_name'] = 'Roundcube Webmail';
$config['des_key'] = 'only-for-benches-24-long';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['enable_spellcheck'] = false;
$config['language'] = 'en_US';
$config['temp_dir'] = '@folder@/temp';
$config['log_dir'] = '@folder@/logs';
