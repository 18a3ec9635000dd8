import type { BindingStore } from '../sip/agent/binding.ts'
import type { RegistrationWriter } from '../store/registration-writer.ts'

/** The registrar's store on top of the database's write-behind. */
export function bindingStore(writer: RegistrationWriter): BindingStore {
  return {
    write: (binding) => writer.write(binding),
    writeLater: (binding) => writer.writeLater(binding),
    remove: (binding) => writer.remove(binding),
  }
}
