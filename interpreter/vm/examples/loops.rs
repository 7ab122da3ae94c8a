use object::Value;
use std::time::Instant;
fn main() {
    let base = 0u64;
    object::heap::set_stack_base(&raw const base as *const u8);
    let mut vm = vm::Vm::new(world::World::new(), vm::Options::default()).unwrap();
    let source = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let code = compile::compile(&source, "x.py", compile::Mode::Exec, compile::Options::module()).unwrap();
    if std::env::args().nth(2).is_some() { println!("{}", bytecode::print(&code)); }
    let code = vm.link(code);
    let globals = object::Dict::new();
    let t = Instant::now();
    let r = vm.run_code(code, globals, globals.into(), Value::NONE);
    let dt = t.elapsed();
    match r { Ok(_) => {}, Err(e) => { println!("raised {:?} {:?}", vm.type_name(e.0), e.exception().args.get().cast::<object::Tuple>().map(|t| t.items().iter().map(|v| v.cast::<object::Str>().map(|s| s.to_text_escaped())).collect::<Vec<_>>())); } }
    println!("{:?} {:?}", globals.get_str(object::intern("result")), dt);
}
